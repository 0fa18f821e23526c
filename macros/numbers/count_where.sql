{#- How many rows meet the condition, as INT64 on every engine (DuckDB's countif and sum of integers are wider). -#}
{% macro count_where(condition) -%}
    count(case when {{ condition }} then 1 end)
{%- endmacro %}

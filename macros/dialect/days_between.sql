{#- Whole days from one date to a later one. -#}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between', 'esputnik')(first, last)) }}
{%- endmacro %}

{% macro default__days_between(first, last) -%}
    {{ return('date_diff(' ~ last ~ ', ' ~ first ~ ', day)') }}
{%- endmacro %}

{% macro duckdb__days_between(first, last) -%}
    {{ return("date_diff('day', " ~ first ~ ', ' ~ last ~ ')') }}
{%- endmacro %}

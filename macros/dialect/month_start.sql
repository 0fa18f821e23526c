{#- The first day of the month in which a date lies. -#}
{% macro month_start(date) -%}
    {{ return(adapter.dispatch('month_start', 'esputnik')(date)) }}
{%- endmacro %}

{% macro default__month_start(date) -%}
    {{ return('date_trunc(' ~ date ~ ', month)') }}
{%- endmacro %}

{% macro duckdb__month_start(date) -%}
    {{ return("cast(date_trunc('month', " ~ date ~ ') as date)') }}
{%- endmacro %}

{#- The account day of a timestamp. -#}
{% macro local_date(timestamp) -%}
    {{ return(adapter.dispatch('local_date', 'esputnik')(timestamp)) }}
{%- endmacro %}

{% macro default__local_date(timestamp) -%}
    {{ return('date(' ~ timestamp ~ ", '" ~ esputnik.account_timezone() ~ "')") }}
{%- endmacro %}

{% macro duckdb__local_date(timestamp) -%}
    {{ return('cast(' ~ esputnik.duckdb__zoned(esputnik.account_timezone(), timestamp) ~ ' as date)') }}
{%- endmacro %}

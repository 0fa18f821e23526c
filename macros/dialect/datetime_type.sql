{#- Type of a date and time without a time zone. -#}
{% macro datetime_type() -%}
    {{ return(adapter.dispatch('datetime_type', 'esputnik')()) }}
{%- endmacro %}

{% macro default__datetime_type() -%}
    {{ return('datetime') }}
{%- endmacro %}

{% macro duckdb__datetime_type() -%}
    {{ return('timestamp') }}
{%- endmacro %}

{#- The UTC date of a timestamp. -#}
{% macro utc_date(timestamp) -%}
    {{ return(adapter.dispatch('utc_date', 'esputnik')(timestamp)) }}
{%- endmacro %}

{% macro default__utc_date(timestamp) -%}
    {{ return('date(' ~ timestamp ~ ", 'UTC')") }}
{%- endmacro %}

{% macro duckdb__utc_date(timestamp) -%}
    {{ return('cast(' ~ esputnik.duckdb__zoned('UTC', timestamp) ~ ' as date)') }}
{%- endmacro %}

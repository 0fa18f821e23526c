{#- The UTC date of a timestamp. -#}
{% macro utc_date(timestamp) -%}
    {{ return(adapter.dispatch('utc_date', 'esputnik')(timestamp)) }}
{%- endmacro %}

{% macro default__utc_date(timestamp) -%}
    {{ return('date(' ~ timestamp ~ ", 'UTC')") }}
{%- endmacro %}

{% macro duckdb__utc_date(timestamp) -%}
    {{ return("cast(timezone('UTC', " ~ timestamp ~ ') as date)') }}
{%- endmacro %}

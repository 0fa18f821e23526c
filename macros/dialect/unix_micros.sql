{#- Microseconds since 1970-01-01 UTC. -#}
{% macro unix_micros(timestamp) -%}
    {{ return(adapter.dispatch('unix_micros', 'esputnik')(timestamp)) }}
{%- endmacro %}

{% macro default__unix_micros(timestamp) -%}
    {{ return('unix_micros(' ~ timestamp ~ ')') }}
{%- endmacro %}

{% macro duckdb__unix_micros(timestamp) -%}
    {{ return('epoch_us(' ~ timestamp ~ ')') }}
{%- endmacro %}

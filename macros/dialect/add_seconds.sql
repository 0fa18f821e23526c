{#- A timestamp plus a whole number of seconds, an expression of type INT64. -#}
{% macro add_seconds(timestamp, seconds) -%}
    {{ return(adapter.dispatch('add_seconds', 'esputnik')(timestamp, seconds)) }}
{%- endmacro %}

{% macro default__add_seconds(timestamp, seconds) -%}
    {{ return('timestamp_add(' ~ timestamp ~ ', interval ' ~ seconds ~ ' second)') }}
{%- endmacro %}

{% macro duckdb__add_seconds(timestamp, seconds) -%}
    {{ return(timestamp ~ ' + to_seconds(' ~ seconds ~ ')') }}
{%- endmacro %}

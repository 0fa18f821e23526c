{#- A text without white space of any kind around it. DuckDB's own trim takes spaces only. -#}
{% macro trim_blanks(text) -%}
    {{ return(adapter.dispatch('trim_blanks', 'esputnik')(text)) }}
{%- endmacro %}

{% macro default__trim_blanks(text) -%}
    {{ return('trim(' ~ text ~ ')') }}
{%- endmacro %}

{% macro duckdb__trim_blanks(text) -%}
    {{ return(esputnik.regexp_remove(text, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$')) }}
{%- endmacro %}

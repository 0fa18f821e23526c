{#- A text without white space of any kind around it. DuckDB's own trim takes spaces only, BigQuery's all that Unicode says. -#}
{% macro trim_blanks(text) -%}
    {{ return(adapter.dispatch('trim_blanks', 'esputnik')(text)) }}
{%- endmacro %}

{% macro default__trim_blanks(text) -%}
    {{ return('trim(' ~ text ~ ')') }}
{%- endmacro %}

{% macro duckdb__trim_blanks(text) -%}
    {{ return(esputnik.regexp_remove(text, '^[\\s\\v\\x{85}\\p{Z}]+|[\\s\\v\\x{85}\\p{Z}]+$')) }}
{%- endmacro %}

{#-
    A text in lower case, letter by letter. BigQuery's own makes two characters of the Turkish capital İ, and of a Greek
    Σ one of two letters by its place in the word.
-#}
{% macro lower_case(text) -%}
    {{ return(adapter.dispatch('lower_case', 'esputnik')(text)) }}
{%- endmacro %}

{% macro default__lower_case(text) -%}
    {{ return('lower(translate(' ~ text ~ ", 'İΣ', 'iσ'))") }}
{%- endmacro %}

{% macro duckdb__lower_case(text) -%}
    {{ return('lower(' ~ text ~ ')') }}
{%- endmacro %}

{#- A text without everything that the pattern (RE2, which both engines speak) matches. -#}
{% macro regexp_remove(text, pattern) -%}
    {{ return(adapter.dispatch('regexp_remove', 'esputnik')(text, pattern)) }}
{%- endmacro %}

{% macro default__regexp_remove(text, pattern) -%}
    {{ return('regexp_replace(' ~ text ~ ', ' ~ esputnik.text_literal(pattern) ~ ", '')") }}
{%- endmacro %}

{% macro duckdb__regexp_remove(text, pattern) -%}
    {{ return('regexp_replace(' ~ text ~ ', ' ~ esputnik.text_literal(pattern) ~ ", '', 'g')") }}
{%- endmacro %}

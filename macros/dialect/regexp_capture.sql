{#- What the one group of the pattern (RE2) matches first; null where that is nothing. -#}
{% macro regexp_capture(text, pattern) -%}
    {{ return(adapter.dispatch('regexp_capture', 'esputnik')(text, pattern)) }}
{%- endmacro %}

{% macro default__regexp_capture(text, pattern) -%}
    {{ return('nullif(regexp_extract(' ~ text ~ ', ' ~ esputnik.text_literal(pattern) ~ "), '')") }}
{%- endmacro %}

{% macro duckdb__regexp_capture(text, pattern) -%}
    {{ return('nullif(regexp_extract(' ~ text ~ ', ' ~ esputnik.text_literal(pattern) ~ ", 1), '')") }}
{%- endmacro %}

{#- Condition: a text is like a LIKE pattern, in which a backslash takes `%` and `_` for themselves. -#}
{% macro is_like(text, pattern) -%}
    {{ return(adapter.dispatch('is_like', 'esputnik')(text, esputnik.text_literal(pattern))) }}
{%- endmacro %}

{% macro default__is_like(text, literal) -%}
    {{ return(text ~ ' like ' ~ literal) }}
{%- endmacro %}

{% macro duckdb__is_like(text, literal) -%}
    {{ return(text ~ ' like ' ~ literal ~ " escape '\\'") }}
{%- endmacro %}

{#- Condition: a text is like a LIKE pattern (both expressions), in which a backslash takes `%` and `_` for themselves. -#}
{% macro is_like(text, pattern) -%}
    {{ return(adapter.dispatch('is_like', 'esputnik')(text, pattern)) }}
{%- endmacro %}

{% macro default__is_like(text, pattern) -%}
    {{ return(text ~ ' like ' ~ pattern) }}
{%- endmacro %}

{% macro duckdb__is_like(text, pattern) -%}
    {{ return(text ~ ' like ' ~ pattern ~ " escape '\\'") }}
{%- endmacro %}

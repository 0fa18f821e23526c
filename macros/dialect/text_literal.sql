{#- A text as a literal. In BigQuery's a backslash begins an escape sequence. -#}
{% macro text_literal(text) -%}
    {{ return(adapter.dispatch('text_literal', 'esputnik')(text | string)) }}
{%- endmacro %}

{% macro default__text_literal(text) -%}
    {{ return("'" ~ text | replace('\\', '\\\\') | replace("'", "\\'") | replace('\n', '\\n') | replace('\r', '\\r') ~ "'") }}
{%- endmacro %}

{% macro duckdb__text_literal(text) -%}
    {{ return("'" ~ text | replace("'", "''") ~ "'") }}
{%- endmacro %}

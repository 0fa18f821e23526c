{#- A timestamp literal; the text carries its offset. -#}
{% macro timestamp_literal(text) -%}
    {{ return(adapter.dispatch('timestamp_literal', 'esputnik')(text)) }}
{%- endmacro %}

{% macro default__timestamp_literal(text) -%}
    {{ return("timestamp '" ~ text ~ "'") }}
{%- endmacro %}

{% macro duckdb__timestamp_literal(text) -%}
    {{ return("timestamptz '" ~ text ~ "'") }}
{%- endmacro %}

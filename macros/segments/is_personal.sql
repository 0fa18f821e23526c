{#- Whether the meta of a described column says `pii: true`: that it may hold personal data. -#}
{% macro is_personal(column) -%}
    {{ return(((column.config or {}).get('meta') or column.meta or {}).get('pii', false)) }}
{%- endmacro %}

{#- Whether a column's meta says `pii: true`: in the contract that it is personal, in a segment view that it may be. -#}
{% macro is_personal(column) -%}
    {{ return(((column.config or {}).get('meta') or column.meta or {}).get('pii', false)) }}
{%- endmacro %}

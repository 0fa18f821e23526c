{#- Whether the model `this` cannot be built by days: asked for, not there yet, or its last full build did not end. -#}
{% macro needs_full_build() -%}
    {%- set existing = load_relation(this) -%}
    {%- if should_full_refresh() or existing is none or not existing.is_table -%}{{ return(true) }}{%- endif -%}
    {{ return(esputnik.ledger_hash() in [none, 'void']) }}
{%- endmacro %}

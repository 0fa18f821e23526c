{#- Whether the model `this` is built in full whatever its ledger says: that is asked for, or there is nothing yet. -#}
{% macro needs_full_build() -%}
    {%- set existing = load_relation(this) -%}
    {{ return(
        should_full_refresh() or existing is none or not existing.is_table or load_relation(esputnik.ledger(this)) is none
    ) }}
{%- endmacro %}

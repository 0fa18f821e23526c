{#- Whether the model `this` cannot be built by days, as its ledger need not be asked: a full build is wanted, or the first. -#}
{% macro needs_full_build() -%}
    {%- set existing = load_relation(this) -%}
    {{ return(
        should_full_refresh() or existing is none or not existing.is_table or load_relation(esputnik.ledger(this)) is none
    ) }}
{%- endmacro %}

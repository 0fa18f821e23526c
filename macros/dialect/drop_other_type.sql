{#- Drops what a relation takes the place of where that is of another type: no `create or replace` does. -#}
{% macro drop_other_type(existing, type) -%}
    {%- if existing is not none and existing.type != type -%}
        {{ return(adapter.dispatch('drop_other_type', 'esputnik')(existing)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__drop_other_type(existing) -%}
    {%- do adapter.drop_relation(existing) -%}
{%- endmacro %}

{#- In the transaction of what takes its place: where that fails, it is there again. -#}
{% macro duckdb__drop_other_type(existing) -%}
    {%- do adapter.ensure_transaction() -%}
    {%- do adapter.drop_relation(existing) -%}
{%- endmacro %}

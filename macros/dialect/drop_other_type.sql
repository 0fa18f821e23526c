{#-
    Drops what a relation takes the place of where that is of another type: no `create or replace` does.

    Returns the statement that does it on DuckDB, to be run in the transaction of what takes its place: where that fails, it
    is there again. Elsewhere it is dropped by then, and nothing is returned.
-#}
{% macro drop_other_type(existing, type) -%}
    {%- if existing is not none and existing.type != type -%}
        {{ return(adapter.dispatch('drop_other_type', 'esputnik')(existing)) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__drop_other_type(existing) -%}
    {%- do adapter.drop_relation(existing) -%}
{%- endmacro %}

{% macro duckdb__drop_other_type(existing) -%}
    {%- do adapter.cache_dropped(existing) -%}
    drop {{ existing.type }} if exists {{ existing }} cascade;
{%- endmacro %}

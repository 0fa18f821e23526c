{#-
    Statements by which a table takes the place of another in one step, without its rows being read: readers see the old
    ones until then.
-#}
{% macro put_in_place(candidate, table, key) -%}
    {{ return(adapter.dispatch('put_in_place', 'esputnik')(candidate, table, key)) }}
{%- endmacro %}

{% macro default__put_in_place(candidate, table, key) -%}
    {#- BigQuery replaces no table by one that is clustered otherwise, as after a change of the key. -#}
    {%- if not adapter.is_replaceable(table, none, [key]) -%}{%- do adapter.drop_relation(table) -%}{%- endif %}
    create or replace table {{ table }} clone {{ candidate }};
    drop table {{ candidate }};
{%- endmacro %}

{#- One transaction with the view that is made anew. -#}
{% macro duckdb__put_in_place(candidate, table, key) %}
    drop table if exists {{ table }};
    alter table {{ candidate }} rename to {{ adapter.quote(table.identifier) }};
{%- endmacro %}

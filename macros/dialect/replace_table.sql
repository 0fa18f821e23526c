{#- Puts the rows of a query in the place of a table (or view) in one step: readers see the old rows until then. -#}
{% macro replace_table(relation, existing, sql) -%}
    {%- do esputnik.drop_other_type(existing, 'table') -%}
    {{ return(adapter.dispatch('replace_table', 'esputnik')(relation, existing, sql)) }}
{%- endmacro %}

{% macro default__replace_table(relation, existing, sql) -%}
    {%- set partition_by = adapter.parse_partition_by(config.get('partition_by')) -%}
    {%- if not adapter.is_replaceable(existing, partition_by, config.get('cluster_by')) -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main') -%}{{ create_table_as(false, relation, sql) }}{%- endcall -%}
{%- endmacro %}

{% macro duckdb__replace_table(relation, existing, sql) -%}
    {%- call statement('main') -%}create or replace table {{ relation }} as ({{ sql }}){%- endcall -%}
{%- endmacro %}

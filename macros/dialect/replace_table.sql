{#- Puts the rows of an event table's query in the place of a table (or view) in one step: readers see the old rows until then. -#}
{% macro replace_table(relation, existing, sql) -%}
    {{ return(adapter.dispatch('replace_table', 'esputnik')(relation, existing, sql)) }}
{%- endmacro %}

{#- The day is the partition, of which the model's config tells. -#}
{% macro default__replace_table(relation, existing, sql) -%}
    {%- do esputnik.drop_other_type(existing, 'table') -%}
    {%- set partition_by = adapter.parse_partition_by(config.get('partition_by')) -%}
    {%- if not adapter.is_replaceable(existing, partition_by, config.get('cluster_by')) -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main') -%}{{ create_table_as(false, relation, sql) }}{%- endcall -%}
{%- endmacro %}

{#- All threads help: see `share_threads`. -#}
{% macro duckdb__replace_table(relation, existing, sql) -%}
    {%- call statement('main') -%}
        {{ esputnik.drop_other_type(existing, 'table') }}
        reset external_threads;
        create or replace table {{ relation }} as ({{ esputnik.laid_out(sql) }})
    {%- endcall -%}
{%- endmacro %}

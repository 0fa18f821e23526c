{#-
    Puts the rows of a query in the place of a table (or view) in one step: readers see the old rows until then.

    Args:
        day_column: the query's column that tells the day by which the rows lie together.
-#}
{% macro replace_table(relation, existing, sql, day_column) -%}
    {%- do esputnik.drop_other_type(existing, 'table') -%}
    {{ return(adapter.dispatch('replace_table', 'esputnik')(relation, existing, sql, day_column)) }}
{%- endmacro %}

{#- The day is the partition, of which the model's config tells. -#}
{% macro default__replace_table(relation, existing, sql, day_column) -%}
    {%- set partition_by = adapter.parse_partition_by(config.get('partition_by')) -%}
    {%- if not adapter.is_replaceable(existing, partition_by, config.get('cluster_by')) -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main') -%}{{ create_table_as(false, relation, sql) }}{%- endcall -%}
{%- endmacro %}

{#-
    In order of the days, for DuckDB has no partitions but skips blocks by their least and greatest values. Grouped and
    ranked rows come out in no order at all, and to find those of one day takes a read of all days.
-#}
{% macro duckdb__replace_table(relation, existing, sql, day_column) -%}
    {%- call statement('main') -%}
        create or replace table {{ relation }} as (select * from ({{ sql }}) as built order by {{ day_column }})
    {%- endcall -%}
{%- endmacro %}

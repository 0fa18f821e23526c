{#- Config `partition_by` of a table with one partition a day; dbt-duckdb refuses the dict, and needs none. -#}
{% macro partitioned_by_day(column) -%}
    {{ return({'field': column, 'data_type': 'date', 'granularity': 'day'} if target.type == 'bigquery' else none) }}
{%- endmacro %}

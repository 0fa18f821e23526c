{#- Value of a model's config partition_by: days of a DATE column. DuckDB has no partitions. -#}
{% macro partition_by_day(column) -%}
    {{ return(adapter.dispatch('partition_by_day', 'esputnik')(column)) }}
{%- endmacro %}

{% macro default__partition_by_day(column) -%}
    {{ return({'field': column, 'data_type': 'date'}) }}
{%- endmacro %}

{% macro duckdb__partition_by_day(column) -%}
    {{ return(none) }}
{%- endmacro %}

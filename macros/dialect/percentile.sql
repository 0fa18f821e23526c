{#-
    The value below which the share (0 to 1) of the values of a partition lies, interpolated between neighbours; exact.
    A window function on every row of the partition, since BigQuery has no exact aggregate. Nulls are left out.
-#}
{% macro percentile(value, share, partition_by) -%}
    {{ return(adapter.dispatch('percentile', 'esputnik')(value, share, partition_by)) }}
{%- endmacro %}

{% macro default__percentile(value, share, partition_by) -%}
    {{ return('percentile_cont(' ~ value ~ ', ' ~ share ~ ') over (partition by ' ~ partition_by ~ ')') }}
{%- endmacro %}

{% macro duckdb__percentile(value, share, partition_by) -%}
    {{ return('quantile_cont(' ~ value ~ ', ' ~ share ~ ') over (partition by ' ~ partition_by ~ ')') }}
{%- endmacro %}

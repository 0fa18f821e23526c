{#- The later of two moments or days; null only where both are: DuckDB's greatest passes over nulls, BigQuery's does not. -#}
{% macro later_of(first, second) -%}
    coalesce(greatest({{ first }}, {{ second }}), {{ first }}, {{ second }})
{%- endmacro %}

{#- Condition that every row meets, and that BigQuery takes as a filter on the partition column `day`. -#}
{% macro every_day(day) -%}
    ({{ day }} >= date '0001-01-01' or {{ day }} is null)
{%- endmacro %}

{#- Makes a view, in the place of one that may be there. -#}
{% macro create_or_replace_view(relation, sql) -%}
    {{ return(adapter.dispatch('create_or_replace_view', 'esputnik')(relation, sql)) }}
{%- endmacro %}

{#- dbt-bigquery's own does, with the view's labels and description. -#}
{% macro default__create_or_replace_view(relation, sql) -%}
    {{ return(create_view_as(relation, sql)) }}
{%- endmacro %}

{% macro duckdb__create_or_replace_view(relation, sql) -%}
    create or replace view {{ relation }} as ({{ sql }})
{%- endmacro %}

{#- The loader's table of completed loads, beside the given raw table. A native export has none. -#}
{% macro raw_loads(relation) -%}
    {{ return(api.Relation.create(
        database=relation.database, schema=relation.schema, identifier='_dlt_loads', type='table'
    )) }}
{%- endmacro %}

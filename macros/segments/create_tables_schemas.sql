{#- Makes the schemas of the tables behind the segment views that a run builds; dbt itself makes those of models only. -#}
{% macro create_tables_schemas() -%}
    {%- if execute -%}
        {%- set places = [] -%}
        {%- for node in esputnik.selected_models('segment_view') -%}
            {%- do places.append((node.database, node.schema)) -%}
        {%- endfor -%}
        {%- for database, schema in places | unique -%}
            {%- do adapter.create_schema(
                api.Relation.create(database=database, schema=esputnik.tables_schema(schema), identifier='')
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#-
    The loader's table of the files it loaded, with what became of their rows, beside the raw tables; none where the raw
    tables are a native export's, or nothing has been loaded yet.
-#}
{% macro raw_load_files() -%}
    {%- if not execute -%}{{ return(none) }}{%- endif -%}
    {%- set node = esputnik.source_node('contacts') -%}
    {%- set files = api.Relation.create(
        database=node.database, schema=node.schema, identifier='_load_files', type='table'
    ) -%}
    {%- if load_relation(files) is none or load_relation(esputnik.raw_loads(files)) is none -%}{{ return(none) }}{%- endif -%}
    {{ return(files) }}
{%- endmacro %}

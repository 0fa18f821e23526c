{#- Stops the build when none of the contract's raw tables exists: then `raw_schema` points to the wrong place. -#}
{% macro assert_raw_schema_has_tables() -%}
    {%- set sources = graph.sources.values() | selectattr('source_name', 'equalto', 'esputnik') | list -%}
    {%- for node in sources -%}
        {%- if adapter.get_relation(database=node.database, schema=node.schema, identifier=node.identifier) -%}
            {{ return('') }}
        {%- endif -%}
    {%- endfor -%}
    {%- set first = sources | first -%}
    {%- do exceptions.raise_compiler_error(
        'None of the raw tables exists in ' ~ first.database ~ '.' ~ first.schema ~ '. Load some data first '
        ~ '(python -m loader load --from demo), or set the vars raw_database and raw_schema to where the export is.'
    ) -%}
{%- endmacro %}

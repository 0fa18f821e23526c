{#-
    What is said of a segment view's columns, by name, as `persist_docs` asks for. A column that is described and not there
    is warned of, as dbt does.

    Args:
        columns: those that are there, as the adapter tells them.
-#}
{% macro columns_to_describe(columns) -%}
    {%- set described = {} -%}
    {%- if config.persist_column_docs() -%}
        {%- do described.update(esputnik.described_columns(model)) -%}
        {%- set absent = described.keys() | reject('in', columns | map(attribute='name') | list) | list -%}
        {%- for name in absent -%}{%- do described.pop(name) -%}{%- endfor -%}
        {%- if absent -%}
            {%- do exceptions.warn(model.name ~ ' describes columns that it does not have: ' ~ absent | join(', ') ~ '.') -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(described) }}
{%- endmacro %}

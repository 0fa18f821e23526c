{#- A raw column's entry in the contract: a dict with data_type and replaces (its older name, or none). -#}
{% macro contract_column(dataset, name) -%}
    {%- set node = graph.sources.values()
        | selectattr('source_name', 'equalto', 'esputnik') | selectattr('name', 'equalto', dataset) | first -%}
    {%- for column in node.columns.values() if column.name == name -%}
        {{ return({'data_type': column.data_type, 'replaces': column.config.meta.get('replaces')}) }}
    {%- endfor -%}
    {%- do exceptions.raise_compiler_error('The contract has no column ' ~ dataset ~ '.' ~ name ~ '.') -%}
{%- endmacro %}

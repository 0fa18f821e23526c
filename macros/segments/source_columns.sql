{#-
    Columns of a model that the platform reads, as a list of dicts: name, data_type (in the words of its contract or of the
    engine) and is_personal, whether its meta lets personal data through. An enforced contract speaks for the relation;
    without one the relation is asked, which works for the models of any project.

    Args:
        node: the relation's model; found by its place if left out.
        found: columns of the relation, as the adapter tells them; asked for, if needed, where left out.
-#}
{% macro source_columns(relation, node=none, found=none) -%}
    {%- set node = node or (
        graph.nodes.values()
        | selectattr('resource_type', 'in', ['model', 'seed'])
        | selectattr('schema', 'equalto', relation.schema) | selectattr('alias', 'equalto', relation.identifier) | first
    ) -%}
    {%- set described = esputnik.described_columns(node) if node else {} -%}
    {%- set columns = [] -%}
    {%- if node and node.config.get('contract', {}).get('enforced') -%}
        {%- for column in described.values() -%}
            {%- do columns.append({
                'name': column.name, 'data_type': column.data_type, 'is_personal': esputnik.is_personal(column),
            }) -%}
        {%- endfor -%}
    {%- else -%}
        {%- for column in found or adapter.get_columns_in_relation(relation) -%}
            {%- do columns.append({
                'name': column.name,
                'data_type': esputnik.column_type(column) | upper,
                'is_personal': column.name in described and esputnik.is_personal(described[column.name]),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}

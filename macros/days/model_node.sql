{#- What dbt knows of a model by its name, whatever project is being built: its place, config and meta. -#}
{% macro model_node(name) -%}
    {{ return(
        graph.nodes.values()
        | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', name) | first
    ) }}
{%- endmacro %}

{#- What dbt knows of the models that a run builds by a materialization: dicts. -#}
{% macro selected_models(materialized) -%}
    {%- set nodes = [] -%}
    {%- for id in selected_resources if id in graph.nodes -%}
        {%- set node = graph.nodes[id] -%}
        {%- if node.config.materialized == materialized -%}{%- do nodes.append(node) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(nodes) }}
{%- endmacro %}

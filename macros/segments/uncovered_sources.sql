{#- Names of views among the segments that coverage does not look at: one of a project's own belongs into its var. -#}
{% macro uncovered_sources() -%}
    {%- set names = [] -%}
    {%- set known = esputnik.covered_sources().keys() | list + (var('covered_sources') or {}).keys() | list -%}
    {%- if execute -%}
        {%- set place = esputnik.model_node('seg_contact_profile').schema -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == place -%}
            {%- if modules.re.match('^(seg|src)_', node.name) and node.name not in known -%}
                {%- do names.append(node.name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}

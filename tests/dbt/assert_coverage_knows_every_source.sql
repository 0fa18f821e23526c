-- Every view among the segments is in the coverage report; one of a project's own belongs into var `covered_sources`.
{{ config(severity='warn') }}

{%- set known = esputnik.covered_sources() -%}
{%- set unknown = [] -%}
{%- if execute -%}
    {%- set place = esputnik.model_node('seg_contact_profile').schema -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == place -%}
        {%- if modules.re.match('^(seg|src)_', node.name) and node.name not in known
            and node.name not in (var('covered_sources') or {}) -%}
            {%- do unknown.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}

select source_name
from (
    select 'none' as source_name
    {%- for name in unknown %}
    union all
    select '{{ name }}' as source_name
    {%- endfor %}
) as sources
where source_name <> 'none'

-- Every view among the segments is in the coverage report; one of a project's own belongs into var `covered_sources`.
{{ config(severity='warn') }}

select source_name
from (
    select 'none' as source_name
    {%- for name in esputnik.uncovered_sources() %}
    union all
    select '{{ name }}' as source_name
    {%- endfor %}
) as sources
where source_name <> 'none'

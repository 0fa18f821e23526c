{#-
    The column holds none but the values, within the days that the latest build of the event model `built_by` wrote (var
    test_all_days: within all days): for views over event models.
-#}
{% test known_in_days(model, column_name, values, built_by, day) %}

{%- set built = none -%}
{%- if execute -%}
    {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('name', 'equalto', built_by) | first -%}
    {%- set built = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
{%- endif -%}

select {{ column_name }}, count(*) as rows_found
from {{ model }}
where
    {{ esputnik.latest_days(built, day) }}
    and {{ column_name }} not in ('{{ values | join("', '") }}')
group by {{ column_name }}

{% endtest %}

{#-
    The column holds none but the values, within the days that the latest build of an event model wrote (var
    test_all_days: within all days).

    Args:
        built_by: the event model, where the tested one is a view over it.
-#}
{% test known_in_days(model, column_name, values, day, built_by=none) %}

select {{ column_name }}, count(*) as rows_found
from {{ model }}
where
    {{ esputnik.latest_days(built_by or model, day) }}
    and {{ column_name }} not in ('{{ values | join("', '") }}')
group by {{ column_name }}

{% endtest %}

{#-
    The columns together are unique, within the days that the latest build of an event model wrote (var test_all_days:
    within all days), so that the test reads days and not history. Nulls count as values.

    Args:
        built_by: the event model, where the tested one is a view over it.
-#}
{% test unique_in_days(model, columns, day, built_by=none) %}

select {{ columns | join(', ') }}, count(*) as rows_found
from {{ model }}
where {{ esputnik.latest_days(built_by or model, day) }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}

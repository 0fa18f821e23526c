{#-
    Condition on a partition column of UTC days, written with literals so that it prunes: no row up to `as_of` is left
    out, and with `days` none of the window of that many account days either. It may let a day too much through, since
    account days and UTC days differ by up to one; the exact condition on the time or account day stands beside it.
-#}
{% macro utc_day_window(day, days=none, days_ago=0) -%}
    {%- set last = esputnik.as_of_moment(days_ago).date() -%}
    {{ day }} <= date '{{ last.isoformat() }}'
    {%- if days is not none %}
        and {{ day }} >= {{ esputnik.as_of_date(days, days_ago) }}
    {%- endif -%}
{%- endmacro %}

{#- The account day of `as_of`, or `days_before` days before it, as a date literal. -#}
{% macro as_of_date(days_before=0, days_ago=0) -%}
    {%- set day = esputnik.as_of_day(days_ago) - modules.datetime.timedelta(days=days_before) -%}
    {{ return("date '" ~ day.isoformat() ~ "'") }}
{%- endmacro %}

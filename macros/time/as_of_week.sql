{#- The Monday of the account week of `as_of`, or of so many weeks before it, as a date literal. -#}
{% macro as_of_week(weeks_before=0) -%}
    {%- set zone = modules.pytz.timezone(esputnik.account_timezone()) -%}
    {%- set weekday = esputnik.as_of_moment().astimezone(zone).weekday() -%}
    {{ return(esputnik.as_of_date(weekday + 7 * weeks_before)) }}
{%- endmacro %}

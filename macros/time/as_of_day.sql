{#- The account day of `as_of`, as a date of Python's. -#}
{% macro as_of_day(days_ago=0) -%}
    {%- set zone = modules.pytz.timezone(esputnik.account_timezone()) -%}
    {{ return(esputnik.as_of_moment(days_ago).astimezone(zone).date()) }}
{%- endmacro %}

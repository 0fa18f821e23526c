{#- The account day of `as_of`, or `days_before` days before it, as a date literal. -#}
{% macro as_of_date(days_before=0, days_ago=0) -%}
    {%- set zone = modules.pytz.timezone(esputnik.account_timezone()) -%}
    {%- set local = esputnik.as_of_moment(days_ago).astimezone(zone) -%}
    {%- set day = local.date() - modules.datetime.timedelta(days=days_before) -%}
    {{ return("date '" ~ day.isoformat() ~ "'") }}
{%- endmacro %}

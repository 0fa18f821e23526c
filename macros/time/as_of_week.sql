{#- The Monday of the account week of `as_of`, or of so many weeks before it, as a date literal. -#}
{% macro as_of_week(weeks_before=0) -%}
    {{ return(esputnik.as_of_date(esputnik.as_of_day().weekday() + 7 * weeks_before)) }}
{%- endmacro %}

{#- Weekday of a date, 1 for Monday to 7 for Sunday, the same on every engine: 5 January 1970 was a Monday. -#}
{% macro iso_weekday(date) -%}
    mod(mod({{ esputnik.days_between("date '1970-01-05'", date) }}, 7) + 7, 7) + 1
{%- endmacro %}

{#- Whole days from the account day `date` to the day of `as_of`; null where the date is. -#}
{% macro days_since(date, days_ago=0) -%}
    {{ esputnik.days_between(date, esputnik.as_of_date(days_ago=days_ago)) }}
{%- endmacro %}

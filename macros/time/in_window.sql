{#-
    Condition: the account day `date` lies in the window of `days` account days that ends with the day of `as_of`.
    Null dates are outside: the condition is null then, which is no yes in `where`, `case when` and `count_where`. Under a
    `not` it has to be made false first.
-#}
{% macro in_window(date, days, days_ago=0) -%}
    {{ date }} >= {{ esputnik.as_of_date(days - 1, days_ago) }}
{%- endmacro %}

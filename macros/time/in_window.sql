{#-
    Condition: the account day `date` lies in the window of `days` account days that ends with the day of `as_of`.
    Null dates are outside.
-#}
{% macro in_window(date, days, days_ago=0) -%}
    ({{ date }} >= {{ esputnik.as_of_date(days - 1, days_ago) }}) is true
{%- endmacro %}

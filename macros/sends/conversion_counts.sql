{#-
    Counts of sends with a credited order over rows of `int_conversions`, the numerators of `conversion_rates`; those opened
    only where the channel tells of opens.
-#}
{% macro conversion_counts() -%}
    count(*) as converted_sends,
        {{ esputnik.count_where('is_opened = 1 and reports_opens = 1') }} as converted_opened,
        {{ esputnik.count_where('is_clicked = 1') }} as converted_clicked
{%- endmacro %}

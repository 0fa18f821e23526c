{#- Counts of sends with a credited order over rows of `int_converted_sends`, the numerators of `conversion_rates`. -#}
{% macro conversion_counts() -%}
    {{ esputnik.count_where('is_converted = 1') }} as converted_sends,
        {{ esputnik.count_where('is_converted = 1 and is_opened = 1') }} as converted_opened,
        {{ esputnik.count_where('is_converted = 1 and is_clicked = 1') }} as converted_clicked
{%- endmacro %}

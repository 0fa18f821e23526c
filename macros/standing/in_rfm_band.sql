{#- Condition: a number lies in a band of `rfm_bands()`. No band holds a null. -#}
{% macro in_rfm_band(number, band, measure) -%}
    {{ band }}.measure = '{{ measure }}'
    and {{ number }} >= {{ band }}.from_value
    and {{ number }} < coalesce({{ band }}.below_value, {{ number }} + 1)
{%- endmacro %}

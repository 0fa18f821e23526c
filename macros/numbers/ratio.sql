{#- Numerator over denominator, null where the denominator is 0. -#}
{% macro ratio(numerator, denominator) -%}
    {{ numerator }} / nullif({{ denominator }}, 0)
{%- endmacro %}

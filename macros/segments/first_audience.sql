{#-
    The first of several audiences that a row belongs to, for people who would fit several: a case expression, `none` where
    nothing fits.

    Args:
        audiences: pairs of a name and a condition, the most important first.
-#}
{% macro first_audience(audiences) -%}
    case
        {%- for name, condition in audiences %}
        when {{ condition }} then '{{ name }}'
        {%- endfor %}
        else 'none'
    end
{%- endmacro %}

{#- Standard errors to either side of an estimate that hold 95% of a normal distribution. -#}
{% macro z_of_95() -%}
    {{ return('1.959963984540054e0') }}
{%- endmacro %}

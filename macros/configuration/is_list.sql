{#- Whether a value of YAML is a list: to Jinja a text is a sequence of letters, and a mapping one of names. -#}
{% macro is_list(value) -%}
    {{ return(value is sequence and value is not string and value is not mapping) }}
{%- endmacro %}

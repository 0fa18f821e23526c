{#- Value of the var `name`, checked: a whole number, `least` or more. -#}
{% macro whole_number(name, least) -%}
    {%- set value = var(name) -%}
    {%- if value is not integer or value < least -%}
        {%- do exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ value ~ "', which is no whole number from " ~ least ~ " on. Allowed: " ~ least
            ~ ", " ~ (least + 1) ~ ", " ~ (least + 2) ~ ", …"
        ) -%}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}

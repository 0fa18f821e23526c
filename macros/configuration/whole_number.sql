{#- Value of the var `name`, checked: a whole number, not below its least (macro whole_numbers). -#}
{% macro whole_number(name) -%}
    {%- set value, least = var(name), esputnik.whole_numbers()[name] -%}
    {%- if value is not integer or value < least -%}
        {%- do exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ value ~ "', which is no whole number from " ~ least ~ " on. Allowed: " ~ least
            ~ ", " ~ (least + 1) ~ ", " ~ (least + 2) ~ ", …"
        ) -%}
    {%- endif -%}
    {{ return(value) }}
{%- endmacro %}

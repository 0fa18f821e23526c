{#- Value of the var `name`, checked: a list of texts, for a text alone would be taken letter by letter. -#}
{% macro list_of_texts(name) -%}
    {%- set values = var(name) or [] -%}
    {%- if not esputnik.is_list(values) or values | reject('string') | list -%}
        {%- do exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ values ~ "', which is no list of texts. Allowed: lists such as "
            ~ esputnik.lists_of_texts()[name] ~ ", or [] for none."
        ) -%}
    {%- endif -%}
    {{ return(values) }}
{%- endmacro %}

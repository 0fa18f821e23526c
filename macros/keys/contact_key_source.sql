{#-
    Which column of staged contacts is the contact key: var `contact_key`, checked against the built-in keys and the
    additional fields listed in var `contact_extra_columns`, by their names in staging.
-#}
{% macro contact_key_source() -%}
    {%- set allowed = ['email', 'sms', 'external_customer_id', 'contact_id'] -%}
    {%- for column in esputnik.list_of_texts('contact_extra_columns') -%}
        {%- do allowed.append(esputnik.snake_case(column)) -%}
    {%- endfor -%}
    {%- set key = var('contact_key') -%}
    {%- if key not in allowed -%}
        {%- do exceptions.raise_compiler_error(
            "var contact_key is '" ~ key ~ "', which is no contact field. Allowed: "
            ~ allowed | join(', ') ~ '. An additional contact field is allowed once var contact_extra_columns lists it.'
        ) -%}
    {%- endif -%}
    {{ return(key) }}
{%- endmacro %}

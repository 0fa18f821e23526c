{#-
    Which column of staged contacts is the contact key: var `contact_key`, checked against the built-in keys and the
    additional fields named in var `contact_extra_columns`.
-#}
{% macro contact_key_source() -%}
    {%- set built_in = ['email', 'sms', 'external_customer_id', 'contact_id'] -%}
    {%- set extra = var('contact_extra_columns') or [] -%}
    {%- set key = var('contact_key') -%}
    {%- if key not in built_in and key not in extra -%}
        {%- do exceptions.raise_compiler_error(
            "var contact_key is '" ~ key ~ "', which is no contact field. Allowed: " ~ built_in | join(', ')
            ~ ', or an additional field listed in var contact_extra_columns ('
            ~ (extra | join(', ') or 'none listed') ~ ').'
        ) -%}
    {%- endif -%}
    {{ return(key) }}
{%- endmacro %}

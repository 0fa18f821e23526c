{#- The key column of a segment view, as the select list of a view over a table keyed on `contact_key`. -#}
{% macro contact_key_column() -%}
    {%- if esputnik.contact_key_source() == 'contact_id' -%}
        {#- A number everywhere else, so that dashboards can join on it. -#}
        cast(contact_key as {{ esputnik.contract_type('INT64') }}) as contact_id
    {%- else -%}
        contact_key as {{ esputnik.contact_key_name() }}
    {%- endif -%}
{%- endmacro %}

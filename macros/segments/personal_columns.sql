{#-
    Names of columns that hold personal data: those that the contract marks as `pii`, as staging calls them, and the names
    that they go by behind staging.
-#}
{% macro personal_columns() -%}
    {%- set names = ['email_address', 'phone_number'] -%}
    {%- for dataset in graph.sources.values() | selectattr('source_name', 'equalto', 'esputnik') -%}
        {%- for column in dataset.columns.values() | selectattr('config.meta.pii') -%}
            {%- do names.append(esputnik.snake_case(column.name)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names | unique | list) }}
{%- endmacro %}

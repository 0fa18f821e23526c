{#-
    Contracts are written in BigQuery's types; on DuckDB dbt compares with these. In a project that installs this one
    as a package, dbt finds the macro by the project's `dispatch` setting for `dbt`.
-#}
{% macro duckdb__get_empty_schema_sql(columns) -%}
    {%- set translated = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do translated.update({name: {
            'name': column.name, 'quote': column.quote, 'data_type': esputnik.contract_type(column.data_type),
        }}) -%}
    {%- endfor -%}
    {{ return(dbt.default__get_empty_schema_sql(translated)) }}
{%- endmacro %}

{#-
    Stops the build of a model whose query gives other columns than its enforced contract names. dbt's own check asks the
    engine about both; here only what differs is left to it, and to its words.

    Args:
        columns: of the query, as the adapter tells them.
-#}
{% macro assert_contract(columns, query) -%}
    {%- if config.get('contract').enforced -%}
        {%- set found = [] -%}
        {%- for column in columns -%}{%- do found.append((column.name, esputnik.column_type(column))) -%}{%- endfor -%}
        {%- set due = [] -%}
        {%- for column in model.columns.values() -%}
            {%- do due.append((column.name, esputnik.contract_type(column.data_type))) -%}
        {%- endfor -%}
        {%- if found | sort != due | sort -%}{%- do get_assert_columns_equivalent(query) -%}{%- endif -%}
    {%- endif -%}
{%- endmacro %}

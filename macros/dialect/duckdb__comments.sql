{#-
    DuckDB only: the statements that write descriptions into the database, as `persist_docs` asks for. dbt's own way asks
    each relation for its columns first and takes three calls.

    Args:
        columns: what is said of the relation's columns, by name.
-#}
{% macro duckdb__comments(relation, columns) -%}
    {%- if config.persist_relation_docs() and model.description %}
    {{ alter_relation_comment(relation, model.description) }}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for name, column in columns.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

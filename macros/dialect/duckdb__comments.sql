{#-
    DuckDB only: the statements that write a model's descriptions into the database, as `persist_docs` asks for. dbt's own
    way asks each relation for its columns first and takes three calls.
-#}
{% macro duckdb__comments(relation) -%}
    {%- if config.persist_relation_docs() and model.description %}
    {{ alter_relation_comment(relation, model.description) }}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for name, column in model.columns.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column.description) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#-
    The type of a column that the adapter found, as the engine names it, in lower case. (dbt calls DuckDB's texts
    `character varying(256)`, in the plain type's place.)
-#}
{% macro column_type(column) -%}
    {{ return((column.dtype if column.is_string() else column.data_type) | lower) }}
{%- endmacro %}

{#-
    The type of a column that the adapter found, as the engine names it, in lower case. dbt's own name for a text without
    a length is a guess at one.
-#}
{% macro column_type(column) -%}
    {{ return((column.dtype if column.data_type.startswith('character varying') else column.data_type) | lower) }}
{%- endmacro %}

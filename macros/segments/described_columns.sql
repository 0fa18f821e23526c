{#-
    What is said of a model's columns, by name. Columns that a var names cannot stand in the YAML; such a model describes
    them in its meta, as `columns`.
-#}
{% macro described_columns(node) -%}
    {{ return(dict(node.config.meta.get('columns') or {}, **node.columns)) }}
{%- endmacro %}

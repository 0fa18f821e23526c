{#- The table that holds the touched keys while the model is built. -#}
{% macro touched_keys_table(relation) -%}
    {{ return(api.Relation.create(
        database=relation.database, schema=relation.schema, identifier=relation.identifier ~ '__touched', type='table'
    )) }}
{%- endmacro %}

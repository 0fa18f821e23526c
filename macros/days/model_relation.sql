{#- The relation of a model by its name, whatever project is being built. -#}
{% macro model_relation(name) -%}
    {%- set node = esputnik.model_node(name) -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}

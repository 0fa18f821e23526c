{#- Hash of what `persist_docs` writes into the database of the model `this`: its description and its columns'. -#}
{% macro description_hash() -%}
    {{ return(local_md5(tojson([
        model.description if config.persist_relation_docs() else none,
        model.columns if config.persist_column_docs() else none,
    ]))) }}
{%- endmacro %}

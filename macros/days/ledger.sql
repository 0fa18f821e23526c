{#-
    The ledger of a model that is built by `day_overwrite`, a small table beside it.

    One row a day that the model was built from: `day` (text, `none` for rows without a time), `fingerprint` of the
    source's day and `rows_seen` there when it was read, `version` of the build that wrote the day. One more row, day
    `*`: its fingerprint is the hashes of the SQL and of the descriptions that the model was built with, or `void` while a
    full build is under way.
-#}
{% macro ledger(relation) -%}
    {{ return(api.Relation.create(
        database=relation.database, schema=relation.schema, identifier=relation.identifier ~ '__ledger', type='table'
    )) }}
{%- endmacro %}

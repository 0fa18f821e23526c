{#-
    What is known of a raw table before its staging model is written: which columns it has, and their types as the
    warehouse names them. An absent table has none. All nine absent is a wrong `raw_schema`, and stops the build.

    Call it in the model itself: a unit test's introspection finds nothing, so unit tests override this macro, e.g.
    `esputnik.raw_dataset: {name: orders, columns: {orderid: bigint, status: varchar}}`.

    Returns a dict: name, columns (type by lower-case name), relation, has_loads (a loader filled it and tells which loads
    were completed), is_partitioned (by `_day`).
-#}
{% macro raw_dataset(name) -%}
    {%- set absent = {'name': name, 'columns': {}, 'relation': none, 'has_loads': false, 'is_partitioned': false} -%}
    {%- if not execute -%}{{ return(absent) }}{%- endif -%}

    {%- set node = graph.sources.values()
        | selectattr('source_name', 'equalto', 'esputnik') | selectattr('name', 'equalto', name) | first -%}
    {%- set found = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.identifier) -%}
    {%- if found is none -%}
        {%- do esputnik.assert_raw_schema_has_tables() -%}
        {{ return(absent) }}
    {%- endif -%}

    {%- set columns = {} -%}
    {%- for column in adapter.get_columns_in_relation(found) -%}
        {%- do columns.update({column.name | lower: column.data_type}) -%}
    {%- endfor -%}
    {{ return({
        'name': name,
        'columns': columns,
        'relation': found,
        'has_loads': '_dlt_load_id' in columns and load_relation(esputnik.raw_loads(found)) is not none,
        'is_partitioned': '_day' in columns and found.is_table,
    }) }}
{%- endmacro %}

{#-
    What is known of a raw table before its staging model is written: which columns it has, and their types as the
    warehouse names them. An absent table has none. All nine absent is a wrong `raw_schema`, and stops the build.

    Returns a dict: name, contract (per column of the contract its data_type, and the older name that it replaces),
    columns (those that are there, type by lower-case name), relation, has_loads (a loader filled it and tells which loads
    were completed), is_partitioned (by `_day`).

    Call it in the model itself. A unit test, in which there is neither a raw table nor the contract to look at, overrides
    it with such a dict, where `other_columns` stands for the rest of the contract.
-#}
{% macro raw_dataset(name, source_name='esputnik') -%}
    {%- set contract = {} -%}
    {%- set absent = {
        'name': name, 'contract': contract, 'columns': {}, 'relation': none, 'has_loads': false, 'is_partitioned': false
    } -%}
    {%- if not execute -%}{{ return(absent) }}{%- endif -%}

    {%- set node = esputnik.source_node(name, source_name) -%}
    {%- for column in node.columns.values() -%}
        {%- do contract.update({
            column.name: {'data_type': column.data_type, 'replaces': column.config.meta.get('replaces')}
        }) -%}
    {%- endfor -%}
    {%- set found = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.identifier) -%}
    {%- if found is none -%}
        {%- do esputnik.assert_raw_schema_has_tables() -%}
        {{ return(absent) }}
    {%- endif -%}

    {#- Several models ask for one table, and event models three times each; in one build it is looked at once. -#}
    {%- set known = graph.setdefault('esputnik_raw_columns', {}).setdefault(invocation_id, {}) -%}
    {%- if found.render() not in known -%}
        {%- do known.update({found.render(): adapter.get_columns_in_relation(found)}) -%}
    {%- endif -%}
    {%- set columns = {} -%}
    {%- for column in known[found.render()] -%}
        {%- do columns.update({column.name | lower: esputnik.column_type(column)}) -%}
    {%- endfor -%}
    {{ return({
        'name': name,
        'contract': contract,
        'columns': columns,
        'relation': found,
        'has_loads': '_dlt_load_id' in columns and load_relation(esputnik.raw_loads(found)) is not none,
        'is_partitioned': '_day' in columns and found.is_table,
    }) }}
{%- endmacro %}

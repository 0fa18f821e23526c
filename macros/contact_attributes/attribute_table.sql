{#-
    A table of var `contact_attributes` as the warehouse has it: its relation, and expressions for its key, for what says
    which row is the latest, and for each column in its type, by name. Stops where table or column are not there.
-#}
{% macro attribute_table(entry) -%}
    {%- set relation = adapter.get_relation(database=entry.database, schema=entry.schema, identifier=entry.table) -%}
    {%- set name = entry.schema ~ '.' ~ entry.table -%}
    {%- if relation is none -%}
        {%- do exceptions.raise_compiler_error(
            'var contact_attributes names the table ' ~ name ~ ', which is not in ' ~ entry.database
            ~ '. Load it, or take it out of the var.'
        ) -%}
    {%- endif -%}
    {%- set types = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do types.update({column.name | lower: esputnik.column_type(column)}) -%}
    {%- endfor -%}
    {%- set expressions = {} -%}
    {%- set wanted = [{'name': 'key', 'column': entry.key, 'type': 'STRING'}] + entry['columns'] -%}
    {%- if entry.latest_by -%}
        {%- do wanted.append({'name': 'latest_by', 'column': entry.latest_by, 'type': 'TIMESTAMP'}) -%}
    {%- endif -%}
    {%- for column in wanted -%}
        {%- if column.column | lower not in types -%}
            {%- do exceptions.raise_compiler_error(
                'var contact_attributes names the column ' ~ column.column ~ ' of ' ~ name ~ ', which has none of that name. '
                ~ 'It has: ' ~ types | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
        {%- do expressions.update({
            column.name: esputnik.cast_raw(adapter.quote(column.column), types[column.column | lower], column.type)
        }) -%}
    {%- endfor -%}
    {{ return({'relation': relation, 'expressions': expressions}) }}
{%- endmacro %}

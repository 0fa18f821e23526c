{#-
    A team's own tables with attributes of contacts, from var `contact_attributes`, checked: a list of dicts with table,
    schema, database, key, latest_by (none: no column says which row is the latest) and columns, a list of dicts with name,
    column (in the table) and type.
-#}
{% macro contact_attributes() -%}
    {%- set tables = var('contact_attributes') or [] -%}
    {%- set form = (
        'Allowed: a list of tables, each like {table: customers, key: email, latest_by: updated_at, columns: '
        ~ '{loyalty_tier: {type: STRING, description: Tier of the loyalty programme.}}}; schema (esputnik_extra), database '
        ~ "(the target's), latest_by (none) and a column's column (its name) and meta may be left out."
    ) -%}
    {%- set known = ['table', 'schema', 'database', 'key', 'latest_by', 'columns'] -%}
    {%- set known_of_columns = ['type', 'column', 'description', 'meta'] -%}
    {%- set types = esputnik.platform_types() -%}
    {%- set taken = [esputnik.contact_key_name(), 'contact_key'] -%}
    {%- set problems = [] -%}
    {%- set checked = [] -%}

    {%- if not esputnik.is_list(tables) -%}
        {%- do problems.append('it is no list') -%}
        {%- set tables = [] -%}
    {%- endif -%}
    {%- for entry in tables -%}
        {%- set place = 'table ' ~ loop.index -%}
        {%- if entry is not mapping or not entry.table or not entry.key or entry.get('columns') is not mapping -%}
            {%- do problems.append(place ~ ' does not say table, key and columns') -%}
        {%- else -%}
            {%- set place = place ~ ' (' ~ entry.table ~ ')' -%}
            {%- for name in entry if name not in known -%}
                {%- do problems.append(place ~ ' has an unknown setting ' ~ name) -%}
            {%- endfor -%}
            {%- set columns = [] -%}
            {%- for name, column in entry['columns'].items() -%}
                {%- set where = place ~ ', column ' ~ name -%}
                {%- if not modules.re.match('^[a-z][a-z0-9_]*$', name | string) or name in esputnik.reserved_words() -%}
                    {%- do problems.append(
                        where ~ ': names are of lower-case letters, digits and underscores, and no words of SQL'
                    ) -%}
                {%- elif name in taken -%}
                    {%- do problems.append(where ~ ': the name is taken') -%}
                {%- endif -%}
                {%- do taken.append(name) -%}
                {%- if column is not mapping or column.get('type') not in types or not column.get('description') -%}
                    {%- do problems.append(
                        where ~ ' needs a description and a type (' ~ types | join(', ') ~ ')'
                    ) -%}
                {%- else -%}
                    {%- for setting in column if setting not in known_of_columns -%}
                        {%- do problems.append(where ~ ' has an unknown setting ' ~ setting) -%}
                    {%- endfor -%}
                    {%- do columns.append(
                        {'name': name, 'column': column.get('column', name), 'type': column.type}
                    ) -%}
                {%- endif -%}
            {%- endfor -%}
            {%- do checked.append({
                'table': entry.table, 'schema': entry.get('schema', 'esputnik_extra'),
                'database': entry.get('database') or target.database, 'key': entry.key,
                'latest_by': entry.get('latest_by'), 'columns': columns,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if problems -%}
        {%- do exceptions.raise_compiler_error(
            'var contact_attributes cannot be meant: ' ~ problems | join('; ') ~ '. ' ~ form
        ) -%}
    {%- endif -%}
    {{ return(checked) }}
{%- endmacro %}

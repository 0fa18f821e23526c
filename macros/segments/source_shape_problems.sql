{#- What is wrong with the columns of an external data source, whatever its rows: a list of sentences. See `external_source`. -#}
{% macro source_shape_problems(columns, key, rank) -%}
    {%- set names = columns | map(attribute='name') | list -%}
    {%- set types = esputnik.platform_types() -%}
    {%- set own_types = [] -%}
    {%- for type in types -%}{%- do own_types.append(esputnik.contract_type(type)) -%}{%- endfor -%}
    {%- set reserved = esputnik.reserved_words() -%}
    {%- set personal = esputnik.personal_columns() -%}

    {%- set problems = [] -%}
    {%- for needed in [key, rank] if needed and needed not in names -%}
        {%- do problems.append('There is no column ' ~ needed ~ '.') -%}
    {%- endfor -%}
    {%- for column in columns -%}
        {%- set name = column.name -%}
        {%- if not modules.re.match('^[a-z][a-z0-9_]*$', name) -%}
            {%- do problems.append('Column ' ~ name ~ ' is not named in lower-case letters, digits and underscores.') -%}
        {%- endif -%}
        {%- if name in reserved -%}
            {%- do problems.append('Column ' ~ name ~ ' is named by a reserved word.') -%}
        {%- endif -%}
        {%- if column.data_type not in types and column.data_type | lower not in own_types -%}
            {%- do problems.append(
                'Column ' ~ name ~ ' is of type ' ~ column.data_type ~ '; the platform is known to take '
                ~ types | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
        {%- if name in personal and name != key and not column.is_personal -%}
            {%- do problems.append('Column ' ~ name ~ ' is personal data, and its meta does not say pii: true.') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{%- endmacro %}

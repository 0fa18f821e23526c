{#-
    Stops the build of a segment view whose candidate table the platform should not read, and says why: by problems and
    their numbers of rows, without anybody's key.

    Args:
        arguments: those of the data test `external_source`.
        columns: of the candidate, as the adapter tells them.
-#}
{% macro assert_source(candidate, arguments, columns) -%}
    {%- set columns = esputnik.source_columns(candidate, model, columns) -%}
    {%- set problems = esputnik.source_shape_problems(columns, arguments.key, arguments.rank) -%}
    {%- set found = run_query(
        'select problem, count(*) as rows_found from ('
        ~ esputnik.source_problems(
            candidate, columns, problems, arguments.key, arguments.rank, arguments.max_characters
        ) ~ ') as problems group by problem order by problem'
    ) -%}
    {%- if found | length -%}
        {%- set sentences = [] -%}
        {%- for row in found -%}
            {%- do sentences.append(
                row[0] if problems else row[0] ~ ' (' ~ row[1] ~ (' row)' if row[1] == 1 else ' rows)')
            ) -%}
        {%- endfor -%}
        {%- do exceptions.raise_compiler_error(
            'The platform should not read what ' ~ model.name ~ ' would be now, so it goes on reading what it read. '
            ~ sentences | join(' ') ~ ' Look at ' ~ candidate ~ '.'
        ) -%}
    {%- endif -%}
{%- endmacro %}

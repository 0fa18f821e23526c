{#-
    What a build has to do, read from the compiled SQL that `touched_days` wrote its days into.

    Returns a dict: whole (a full build), days (text), read (the days that rows are read from: more than `days` where
    rows are gathered by key), sql (the query to run), hash (of the SQL without its days, and of the seeds it reads),
    fingerprint (that hash and the one of the descriptions) and built_as (the fingerprint that the ledger has).
-#}
{% macro day_overwrite_plan(compiled_code) -%}
    {%- set written = modules.re.search(
        '/[*] days: (.*?); read: (.*?); built as: (.*?) [*]/ .*? /[*] :days [*]/', compiled_code
    ) -%}
    {%- if written is none -%}
        {%- do exceptions.raise_compiler_error(
            'A model built by day_overwrite has to filter its source by esputnik.touched_days().'
        ) -%}
    {%- endif -%}
    {%- set source = esputnik.source_days() -%}
    {%- set every_day = esputnik.every_day(source.day) -%}
    {%- set whole_sql = compiled_code | replace(written.group(0), every_day) -%}
    {%- set hash = esputnik.day_overwrite_hash(whole_sql) -%}
    {%- set whole = written.group(1) == 'all' -%}
    {%- if not whole and written.group(3).split()[0] != hash -%}
        {%- set whole = true -%}
        {%- do log(
            this.identifier ~ ': its SQL, or a seed that it reads, is not the one it was built with: it is built in full.',
            info=true
        ) -%}
    {%- endif -%}
    {{ return({
        'whole': whole,
        'days': written.group(1).split(),
        'read': written.group(2).split(),
        'sql': whole_sql if whole else compiled_code,
        'hash': hash,
        'fingerprint': hash ~ ' ' ~ esputnik.description_hash(),
        'built_as': written.group(3),
        'source': source,
        'version': run_started_at.isoformat() ~ ' ' ~ invocation_id,
    }) }}
{%- endmacro %}

{#-
    Condition on the source's rows that have to be built again, found when the model is compiled and written as literals:
    the days whose fingerprint is not the one in the model's ledger, or where other rows lie than the last build saw; and
    those of the vars rebuild_from and rebuild_to. Every day, when the model has to be built in full. The materialization
    `day_overwrite` reads the days back from the comments around the condition.

    A model with a `key` in its meta gathers the rows of a key from several days: then the condition takes the touched
    keys on every day that they have rows on, see `days_of_touched_keys`.

    Call it in the model itself: unit tests override it (`esputnik.touched_days: "true"`).
-#}
{% macro touched_days() -%}
    {%- if not execute -%}{{ return('true') }}{%- endif -%}
    {%- set source = esputnik.source_days() -%}
    {%- set touched = [] -%}
    {%- set built_as = [] -%}
    {%- if source.listing is not none and not esputnik.needs_full_build() -%}
        {%- for row in run_query(esputnik.touched_days_query(source)) -%}
            {%- if row[0] == '*' -%}{%- do built_as.append(row[1]) -%}{%- else -%}{%- do touched.append(row[0]) -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set built_as = built_as[0] or 'void' -%}
    {%- set whole = built_as == 'void' -%}
    {%- set keyed = config.get('meta', {}).get('key') is not none -%}
    {%- if keyed and not whole and esputnik.is_a_third_of_days(touched, source) -%}{%- set whole = true -%}{%- endif -%}
    {%- set condition = esputnik.in_days(source.day, touched) -%}
    {%- set read = touched -%}
    {%- if touched and keyed and not whole -%}
        {%- set read = esputnik.days_of_touched_keys(touched) -%}
        {%- set key = config.meta_require('key') -%}
        {%- set condition = esputnik.in_days(source.day, read)
            ~ ' and ' ~ key ~ ' in (select ' ~ key ~ ' from ' ~ esputnik.touched_keys_table(this) ~ ')' -%}
    {%- endif -%}
    {#- A BigQuery job writes to 4,000 partitions at most; a full build is the cheaper way well before that. -#}
    {%- if read | length > 2000 -%}{%- set whole = true -%}{%- endif -%}
    {{ return(
        '/* days: ' ~ ('all' if whole else touched | join(' ')) ~ '; read: ' ~ ('all' if whole else read | join(' '))
        ~ '; built as: ' ~ built_as ~ ' */ '
        ~ (esputnik.every_day(source.day) if whole else condition)
        ~ ' /* :days */'
    ) }}
{%- endmacro %}

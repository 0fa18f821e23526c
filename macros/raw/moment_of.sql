{#-
    A text as a timestamp, null where it is none (see `raw_text_pattern`); without an offset in var `export_timezone`.
    Put together of its parts, since each engine reads some of the forms only. What is finer than a microsecond is cut off.
-#}
{% macro moment_of(text) -%}
    {%- set day = esputnik.regexp_capture(text, esputnik.raw_text_pattern('TIMESTAMP')) -%}
    {%- set minute = esputnik.regexp_capture(text, '[ T]([0-9]{2}:[0-9]{2})') -%}
    {%- set second = esputnik.regexp_capture(text, ':[0-9]{2}:([0-9]{2}(?:[.][0-9]{1,6})?)') -%}
    {%- set offset = esputnik.regexp_capture(text, ':[0-9.]+\\s*(Z|z|UTC|[+-][0-9:]+)\\s*$') -%}
    {%- set local = day ~ " || ' ' || coalesce(" ~ minute ~ ", '00:00') || ':' || coalesce(" ~ second ~ ", '00')" -%}
    {%- set utc = "case when " ~ offset ~ " in ('Z', 'z', 'UTC') then '+00' else " ~ offset ~ ' end' -%}
    {{ return(
        'case when ' ~ offset ~ ' is null then '
        ~ esputnik.local_moment(esputnik.safe_cast(local, esputnik.datetime_type())) ~ ' else '
        ~ esputnik.stored_moment(esputnik.safe_cast(local ~ ' || ' ~ utc, esputnik.contract_type('TIMESTAMP'))) ~ ' end'
    ) }}
{%- endmacro %}

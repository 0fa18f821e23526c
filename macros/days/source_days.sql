{#-
    The UTC days of what a `day_overwrite` model is built from, named by `days_of` in its meta: a dataset of the contract,
    or another model that is built by days (then its ledger tells the version of each day, so nothing is read but that).

    Returns a dict:
        day: expression for a source row's day.
        listing: query of the days with day (text, `none` for null), fingerprint (text) and rows_there; none where the
            source does not exist.
        seen: query of the days with the rows that a build can see, none where those are rows_there.
-#}
{% macro source_days() -%}
    {%- set name = config.meta_require('days_of') -%}
    {%- set dataset = esputnik.source_node(name) -%}
    {%- if dataset -%}
        {{ return(esputnik.raw_days(esputnik.raw_dataset(name), dataset.config.meta.cursor)) }}
    {%- endif -%}
    {{ return({
        'day': esputnik.model_node(name).config.meta.day_column,
        'listing': "select day, version as fingerprint, 0 as rows_there from " ~ esputnik.ledger(esputnik.model_relation(name))
            ~ " where day <> '*'",
        'seen': none,
    }) }}
{%- endmacro %}

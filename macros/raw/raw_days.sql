{#-
    The UTC days of an appended raw table, as `source_days` describes them.

    A loader's table has the day in `_day`, its partition column. A native export has no such column: its day is
    computed from the time (`cursor`), nothing can be pruned, and the table is read whole.
-#}
{% macro raw_days(raw, cursor) -%}
    {%- set day = '_day' if '_day' in raw.columns else esputnik.utc_date(esputnik.raw_column(raw, cursor)) -%}
    {%- if not raw.columns -%}
        {{ return({'day': day, 'listing': none, 'seen': none}) }}
    {%- endif -%}
    {{ return({
        'day': day,
        'listing': adapter.dispatch('raw_days_listing', 'esputnik')(raw, day),
        'seen': adapter.dispatch('raw_days_seen', 'esputnik')(raw),
    }) }}
{%- endmacro %}

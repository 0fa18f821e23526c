{#-
    Query of the rows of completed loads by day of a raw table, needed where `raw_days_listing` counts those of other
    loads too: BigQuery's partition metadata does.
-#}
{% macro default__raw_days_seen(raw) -%}
    {%- if raw.is_partitioned -%}
        select
            coalesce(cast(_day as string), 'none') as day,
            count(*) as rows_seen
        from {{ raw.relation }}
        where {{ esputnik.every_day('_day') }} and {{ esputnik.completed_loads(raw) }}
        group by 1
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__raw_days_seen(raw) -%}{%- endmacro %}

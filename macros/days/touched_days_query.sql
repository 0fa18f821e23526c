{#-
    The query of the days that touched_days takes; it sees what lies there and what the ledger says was consumed. Its first
    row is the ledger's own, day `*`, which lies nowhere, with its fingerprint.
-#}
{% macro touched_days_query(source) -%}
    {%- set rebuild_days = esputnik.rebuild_days() -%}
    with

    there as ({{ source.listing }}),

    consumed as (select * from {{ esputnik.ledger(this) }})

    select
        coalesce(there.day, consumed.day) as day,
        case when consumed.day = '*' then consumed.fingerprint end as built_as
    from there
    full outer join consumed on there.day = consumed.day
    where
        there.day is null
        or consumed.day is null
        or there.fingerprint <> consumed.fingerprint
        or there.rows_there <> consumed.rows_seen
        {%- if rebuild_days %}
        or coalesce(there.day, consumed.day) between '{{ rebuild_days[0] }}' and '{{ rebuild_days[1] }}'
        {%- endif %}
    order by 1
{%- endmacro %}

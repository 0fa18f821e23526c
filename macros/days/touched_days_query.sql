{#- The query of the days that touched_days takes; it sees what lies there and what the ledger says was consumed. -#}
{% macro touched_days_query(source) -%}
    with

    there as ({{ source.listing }}),

    consumed as (select * from {{ esputnik.ledger(this) }} where day <> '*')

    select coalesce(there.day, consumed.day) as day
    from there
    full outer join consumed on there.day = consumed.day
    where
        there.day is null
        or consumed.day is null
        or there.fingerprint <> consumed.fingerprint
        or there.rows_there <> consumed.rows_seen
        {%- if var('rebuild_from') or var('rebuild_to') %}
        or coalesce(there.day, consumed.day) between
            '{{ var("rebuild_from") or "0001-01-01" }}' and '{{ var("rebuild_to") or "9999-12-31" }}'
        {%- endif %}
    order by 1
{%- endmacro %}

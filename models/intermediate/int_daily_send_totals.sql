-- Built by days, so that reports which only count sends need not read them all. It knows of everything that has
-- happened: `as_of` is not in it, since it would be another table with every build.
{{
    config(
        materialized='day_overwrite',
        meta={'days_of': 'fct_sends', 'day_column': 'send_day'},
        partition_by=esputnik.partitioned_by_day('send_day'),
        cluster_by=['broadcast_id', 'message_id'],
    )
}}

with

sends as (

    select * from {{ ref('fct_sends') }}
    where {{ esputnik.touched_days() }}

),

final as (

    select
        {{ esputnik.send_totals() }},
        max(last_activity_at) as last_activity_at
    from sends
    group by 1, 2, 3, 4, 5, 6, 7, 8

)

select * from final

-- Built by days: whether a machine opened or clicked is judged among the activities of one UTC day.
{{
    config(
        materialized='day_overwrite',
        meta={'days_of': 'stg_esputnik__contact_activities', 'day_column': 'activity_day'},
        partition_by=esputnik.partitioned_by_day('activity_day'),
        cluster_by=['contact_id'],
    )
}}

{%- set open_micros = esputnik.whole_number('machine_open_seconds') * 1000000 %}
{%- set click_micros = esputnik.whole_number('machine_click_seconds') * 1000000 %}

with

activities as (

    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id,
        workflow_block_id,
        message_id,
        message_language_code,
        activity_type,
        channel,
        click_event_link,
        activity_at,
        activity_day,
        activity_date,
        activity_hour,
        is_open,
        is_click,
        is_no_touch,
        {{ esputnik.unix_micros('activity_at') }} as activity_micros
    from {{ ref('fct_activities') }}
    where
        {{ esputnik.touched_days() }}
        and send_id is not null
        and activity_type in ('DELIVERED', 'OPENED', 'CLICKED')

),

-- What an activity is beside its send's others: how long after the delivery, and amid how many clicks.
compared as (

    select
        *,
        -- The latest delivery up to here.
        max(case when activity_type = 'DELIVERED' then activity_micros end) over (
            partition by send_id, activity_day
            order by activity_micros
            range between unbounded preceding and current row
        ) as delivered_micros,
        array_agg(case when activity_type = 'CLICKED' then click_event_link end) over (
            partition by send_id, activity_day, activity_type
            order by activity_micros
            range between {{ click_micros }} preceding and current row
        ) as links_just_clicked
    from activities

),

counted as (

    select
        *,
        {{ esputnik.count_distinct_elements('links_just_clicked') }} as links_count
    from compared
    where activity_type in ('OPENED', 'CLICKED')

),

bursts as (

    select
        *,
        -- The last click of a burst marks itself and every click that lies within the burst's seconds before it.
        max(case when links_count >= {{ esputnik.whole_number('machine_click_links') }} then 1 else 0 end) over (
            partition by send_id, activity_day, activity_type
            order by activity_micros
            range between current row and {{ click_micros }} following
        ) as is_in_burst
    from counted

),

final as (

    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id,
        workflow_block_id,
        message_id,
        message_language_code,
        activity_type,
        channel,
        click_event_link,
        -- Worked out on the day of the click: reports of all clicks would do it again each time.
        {{ esputnik.link_without_tracking('click_event_link') }} as link,
        activity_at,
        activity_day,
        activity_date,
        activity_hour,
        is_open,
        is_click,
        case
            when activity_type = 'CLICKED' then is_in_burst
            when activity_micros - delivered_micros between 0 and {{ open_micros }}
                then 1
            else 0
        end as is_suspected,
        is_no_touch
    from bursts

)

select * from final

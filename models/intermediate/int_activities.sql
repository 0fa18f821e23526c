-- Built whole, from one reading of all activities; sends, touches and best hours read this narrower table instead.
{{
    config(
        materialized='table',
        partition_by=esputnik.partitioned_by_day('activity_day'),
        cluster_by=['contact_id', 'activity_type'],
    )
}}

{%- set send = 'contact_id, message_instance_id, broadcast_id, workflow_instance_id' %}

with

activities as (

    select
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id,
        message_id,
        activity_status,
        media_type,
        click_event_link,
        message_tags,
        status_description,
        activity_at,
        activity_day
    from {{ ref('stg_esputnik__contact_activities') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_at <= {{ esputnik.as_of() }}

),

activity_types as (

    select * from {{ ref('activity_types') }}

),

channels as (

    select * from {{ ref('channels') }}

),

typed as (

    select
        activities.contact_id,
        activities.message_instance_id,
        activities.broadcast_id,
        activities.workflow_id,
        activities.workflow_instance_id,
        activities.message_id,
        activities.click_event_link,
        activities.status_description,
        activities.activity_at,
        activities.activity_day,
        coalesce(activity_types.activity_type, 'OTHER') as activity_type,
        coalesce(channels.channel, 'other') as channel,
        coalesce(channels.reports_opens, 0) as reports_opens,
        case
            when activities.message_instance_id is not null and activity_types.is_send_activity = 1
                then {{ esputnik.surrogate_key([
                    'activities.contact_id', 'activities.message_instance_id', 'activities.broadcast_id',
                    'activities.workflow_instance_id',
                ]) }}
        end as send_id,
        {{ esputnik.has_tag('activities.message_tags', var('attribution_excluded_tags')) }} as is_no_touch,
        {{ esputnik.like_any('lower(activities.click_event_link)', var('unsubscribe_link_patterns')) }}
            as is_unsubscribe_link
    from activities
    left join activity_types
        on
            {{ esputnik.spelling_key('activities.activity_status') }}
            = {{ esputnik.spelling_key('activity_types.activity_status') }}
    left join channels
        on {{ esputnik.spelling_key('activities.media_type') }} = {{ esputnik.spelling_key('channels.media_type') }}

),

-- What an activity is beside its send's others: how long after the delivery, and amid how many clicks.
compared as (

    select
        *,
        {{ esputnik.unix_micros('activity_at') }} as activity_micros,
        -- The latest delivery up to here.
        max(case when activity_type = 'DELIVERED' then {{ esputnik.unix_micros('activity_at') }} end) over (
            partition by {{ send }}
            order by {{ esputnik.unix_micros('activity_at') }}
            range between unbounded preceding and current row
        ) as delivered_micros,
        array_agg(case when activity_type = 'CLICKED' then click_event_link end) over (
            partition by {{ send }}, activity_type
            order by {{ esputnik.unix_micros('activity_at') }}
            range between {{ (var('machine_click_seconds') * 1000000) | int }} preceding and current row
        ) as links_just_clicked
    from typed

),

counted as (

    select
        *,
        {{ esputnik.count_distinct_elements('links_just_clicked') }} as links_count
    from compared

),

bursts as (

    select
        *,
        -- The last click of a burst marks itself and every click that lies within the burst's seconds before it.
        max(case when links_count >= {{ var('machine_click_links') }} then 1 else 0 end) over (
            partition by {{ send }}, activity_type
            order by activity_micros
            range between current row and {{ (var('machine_click_seconds') * 1000000) | int }} following
        ) as is_in_burst
    from counted

),

final as (

    select
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id,
        message_id,
        send_id,
        activity_type,
        channel,
        reports_opens,
        click_event_link,
        status_description,
        activity_at,
        activity_day,
        {{ esputnik.local_date('activity_at') }} as activity_date,
        {{ esputnik.local_hour('activity_at') }} as activity_hour,
        case
            when activity_type = 'OPENED' or (activity_type = 'CLICKED' and reports_opens = 1) then 1
            else 0
        end as is_open,
        case when activity_type = 'CLICKED' and is_unsubscribe_link = 0 then 1 else 0 end as is_click,
        case
            when activity_type = 'CLICKED' then is_in_burst
            when
                activity_type = 'OPENED'
                and activity_micros - delivered_micros
                between 0 and {{ (var('machine_open_seconds') * 1000000) | int }}
                then 1
            else 0
        end as is_suspected,
        is_no_touch
    from bursts

)

select * from final

-- A view: activities are the largest table, and a filter on activity_day reaches its partitions through this.
{{
    config(
        materialized='view',
        meta={'vars': ['account_timezone', 'attribution_excluded_tags', 'unsubscribe_link_patterns']},
    )
}}

with

activities as (

    select * from {{ ref('stg_esputnik__contact_activities') }}

),

activity_types as (

    select * from {{ ref('activity_types') }}

),

channels as (

    select * from {{ ref('channels') }}

),

final as (

    select
        activities.contact_id,
        activities.message_instance_id,
        activities.broadcast_id,
        activities.workflow_id,
        activities.workflow_instance_id,
        activities.workflow_block_id,
        activities.message_id,
        activities.message_language_code,
        case
            when activities.message_instance_id is not null and activity_types.is_send_activity = 1
                then {{ esputnik.surrogate_key([
                    'activities.contact_id', 'activities.message_instance_id', 'activities.broadcast_id',
                    'activities.workflow_instance_id',
                ]) }}
        end as send_id,
        coalesce(activity_types.activity_type, 'OTHER') as activity_type,
        coalesce(channels.channel, 'other') as channel,
        coalesce(channels.reports_opens, 0) as reports_opens,
        activities.activity_status,
        activities.media_type,
        activities.click_event_link,
        activities.status_description,
        activities.message_name,
        activities.message_tags,
        activities.event_type_key,
        activities.os_name,
        activities.os_type,
        activities.activity_at,
        activities.activity_day,
        {{ esputnik.local_date('activities.activity_at') }} as activity_date,
        {{ esputnik.local_hour('activities.activity_at') }} as activity_hour,
        case
            when
                activity_types.activity_type = 'OPENED'
                or (activity_types.activity_type = 'CLICKED' and channels.reports_opens = 1)
                then 1
            else 0
        end as is_open,
        case
            when
                activity_types.activity_type = 'CLICKED'
                and {{ esputnik.like_any(
                    'lower(activities.click_event_link)', esputnik.list_of_texts('unsubscribe_link_patterns')
                ) }} = 0
                then 1
            else 0
        end as is_click,
        {{ esputnik.has_tag('activities.message_tags', esputnik.list_of_texts('attribution_excluded_tags')) }}
            as is_no_touch
    from activities
    left join activity_types
        on
            {{ esputnik.spelling_key('activities.activity_status') }}
            = {{ esputnik.spelling_key('activity_types.activity_status') }}
    left join channels
        on {{ esputnik.spelling_key('activities.media_type') }} = {{ esputnik.spelling_key('channels.media_type') }}

)

select * from final

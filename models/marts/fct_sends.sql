{{
    config(
        materialized='day_overwrite',
        meta={
            'days_of': 'stg_esputnik__contact_activities',
            'day_column': 'send_day',
            'key': 'send_id',
            'keys_in': 'fct_activities',
            'key_days': 'activity_days',
            'key_last_at': 'last_activity_at',
        },
        partition_by=esputnik.partitioned_by_day('send_day'),
        cluster_by=['broadcast_id', 'contact_id'],
    )
}}

{%- set touched = esputnik.touched_days() %}
{%- set columns %}
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
        is_click,
        is_no_touch,
        activity_at,
        activity_day
{%- endset %}

with

-- Opens and clicks come from the model that tells humans from machines.
engagements as (

    select
        {{ columns }},
        is_suspected
    from {{ ref('int_engagements') }}
    where
        {{ touched }}
        and activity_day is not null

),

others as (

    select
        {{ columns }},
        0 as is_suspected
    from {{ ref('fct_activities') }}
    where
        {{ touched }}
        and activity_day is not null
        and send_id is not null
        and activity_type not in ('OPENED', 'CLICKED')

),

activities as (

    select * from engagements
    union all
    select * from others

),

sends as (

    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_instance_id,
        max(workflow_id) as workflow_id,
        max(workflow_block_id) as workflow_block_id,
        max(message_id) as message_id,
        max(message_language_code) as message_language_code,
        {{ esputnik.channel_of_send() }} as channel,
        max(is_no_touch) as is_no_touch,

        min(activity_at) as first_activity_at,
        max(activity_at) as last_activity_at,
        min(case when activity_type in ('DELIVERED', 'UNDELIVERED') then activity_at end) as sent_at,
        min(case when activity_type = 'DELIVERED' then activity_at end) as first_delivered_at,
        max(case when activity_type = 'DELIVERED' then activity_at end) as last_delivered_at,
        min(case when activity_type = 'UNDELIVERED' then activity_at end) as first_failed_at,
        -- Whatever proves a delivery that was not reported.
        min(case when activity_type not in ('DELIVERED', 'UNDELIVERED') then activity_at end) as first_proof_at,
        min(case when activity_type in ('OPENED', 'CLICKED') then activity_at end) as first_response_at,
        max(case when activity_type in ('OPENED', 'CLICKED') then activity_at end) as last_response_at,
        min(case when activity_type = 'OPENED' then activity_at end) as first_told_open_at,
        max(case when activity_type = 'OPENED' then activity_at end) as last_told_open_at,
        min(case when is_click = 1 then activity_at end) as first_clicked_at,
        max(case when is_click = 1 then activity_at end) as last_clicked_at,
        min(case when activity_type = 'OPENED' and is_suspected = 0 then activity_at end) as first_human_told_open_at,
        max(case when activity_type = 'OPENED' and is_suspected = 0 then activity_at end) as last_human_told_open_at,
        min(case when activity_type in ('OPENED', 'CLICKED') and is_suspected = 0 then activity_at end)
            as first_human_response_at,
        max(case when activity_type in ('OPENED', 'CLICKED') and is_suspected = 0 then activity_at end)
            as last_human_response_at,
        min(case when is_click = 1 and is_suspected = 0 then activity_at end) as first_human_click_at,
        max(case when is_click = 1 and is_suspected = 0 then activity_at end) as last_human_click_at,
        min(case when activity_type = 'UNSUBSCRIBED' then activity_at end) as first_unsubscribed_at,
        min(case when activity_type = 'SPAM' then activity_at end) as first_complained_at,
        array_agg(distinct activity_day order by activity_day) as activity_days
    from activities
    group by send_id, contact_id, message_instance_id, broadcast_id, workflow_instance_id

),

channels as (

    select
        channel,
        max(reports_opens) as reports_opens
    from {{ ref('channels') }}
    group by channel

),

-- Where the send's channel tells of opens a click implies one, also a click whose own row names no channel.
opened as (

    select
        sends.*,
        coalesce(channels.reports_opens, 0) as reports_opens,
        case when channels.reports_opens = 1 then sends.first_response_at else sends.first_told_open_at end
            as first_opened_at,
        case when channels.reports_opens = 1 then sends.last_response_at else sends.last_told_open_at end
            as last_opened_at,
        case when channels.reports_opens = 1 then sends.first_human_response_at else sends.first_human_told_open_at end
            as first_human_open_at,
        case when channels.reports_opens = 1 then sends.last_human_response_at else sends.last_human_told_open_at end
            as last_human_open_at
    from sends
    left join channels on sends.channel = channels.channel

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
        channel,
        reports_opens,
        {{ esputnik.send_flags() }},
        is_no_touch,

        {{ esputnik.utc_date('first_activity_at') }} as send_day,
        {{ esputnik.local_date('first_activity_at') }} as send_date,
        {{ esputnik.local_hour('first_activity_at') }} as send_hour,
        first_activity_at,
        last_activity_at,
        sent_at,
        first_delivered_at,
        last_delivered_at,
        first_failed_at,
        first_proof_at,
        first_response_at,
        last_response_at,
        first_opened_at,
        last_opened_at,
        first_clicked_at,
        last_clicked_at,
        first_human_open_at,
        last_human_open_at,
        first_human_click_at,
        last_human_click_at,
        first_unsubscribed_at,
        first_complained_at,
        activity_days
    from opened

)

select * from final

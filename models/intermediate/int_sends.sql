-- One reading of the typed activities; the campaign report, engagement and touches read this table.
{{
    config(
        materialized='table',
        partition_by=esputnik.partitioned_by_day('send_day'),
        cluster_by=['broadcast_id', 'contact_id'],
    )
}}

with

activities as (

    select * from {{ ref('int_activities') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and send_id is not null

),

sends as (

    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_instance_id,
        max(workflow_id) as workflow_id,
        max(message_id) as message_id,
        -- One send has one channel; a misspelt row must not hide it.
        coalesce(min(case when channel <> 'other' then channel end), 'other') as channel,
        max(reports_opens) as reports_opens,
        max(is_no_touch) as is_no_touch,

        max(case when activity_type = 'DELIVERED' then 1 else 0 end) as has_delivery,
        max(case when activity_type = 'UNDELIVERED' then 1 else 0 end) as has_failure,
        max(case when activity_type in ('OPENED', 'CLICKED') then 1 else 0 end) as has_response,
        max(case when activity_type in ('UNSUBSCRIBED', 'SPAM') then 1 else 0 end) as has_objection,
        max(is_open) as is_opened,
        max(is_click) as is_clicked,
        max(case when activity_type = 'UNSUBSCRIBED' then 1 else 0 end) as is_unsubscribed,
        max(case when activity_type = 'SPAM' then 1 else 0 end) as is_complained,
        max(case when is_open = 1 and is_suspected = 0 then 1 else 0 end) as is_opened_by_human,
        max(case when is_click = 1 and is_suspected = 0 then 1 else 0 end) as is_clicked_by_human,

        min(activity_at) as first_activity_at,
        min(case when activity_type in ('DELIVERED', 'UNDELIVERED') then activity_at end) as sent_at,
        coalesce(
            min(case when activity_type = 'DELIVERED' then activity_at end),
            min(case when activity_type <> 'UNDELIVERED' then activity_at end)
        ) as delivered_at,
        max(case when is_open = 1 then activity_at end) as last_opened_at,
        max(case when is_click = 1 then activity_at end) as last_clicked_at,
        min(case when is_open = 1 and is_suspected = 0 then activity_at end) as first_human_open_at,
        max(case when is_open = 1 and is_suspected = 0 then activity_at end) as last_human_open_at,
        min(case when is_click = 1 and is_suspected = 0 then activity_at end) as first_human_click_at,
        max(case when is_click = 1 and is_suspected = 0 then activity_at end) as last_human_click_at
    from activities
    group by send_id, contact_id, message_instance_id, broadcast_id, workflow_instance_id

),

judged as (

    select
        *,
        -- A failure after a delivery is a bounce, unless the contact has opened or clicked.
        case when has_failure = 1 and has_response = 0 then 1 else 0 end as is_bounced
    from sends

),

final as (

    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id,
        message_id,
        channel,
        reports_opens,

        -- An open, click, unsubscribe or complaint implies the delivery.
        case
            when is_bounced = 0 and (has_delivery = 1 or has_response = 1 or has_objection = 1) then 1
            else 0
        end as is_delivered,
        is_bounced,
        is_opened,
        is_clicked,
        is_unsubscribed,
        is_complained,
        case when is_opened = 1 or is_clicked = 1 then 1 else 0 end as is_engaged,
        case when is_opened_by_human = 1 or is_clicked_by_human = 1 then 1 else 0 end as is_engaged_by_human,
        is_opened - is_opened_by_human as is_suspected_open,
        is_clicked - is_clicked_by_human as is_suspected_click,
        is_no_touch,

        {{ esputnik.utc_date('first_activity_at') }} as send_day,
        {{ esputnik.local_date('first_activity_at') }} as send_date,
        first_activity_at,
        sent_at,
        case when is_bounced = 0 then delivered_at end as delivered_at,
        last_opened_at,
        last_clicked_at,
        first_human_open_at,
        last_human_open_at,
        first_human_click_at,
        last_human_click_at
    from judged

)

select * from final

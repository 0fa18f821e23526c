with

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

final as (

    select
        sends.send_id,
        sends.contact_id,
        sends.message_instance_id,
        sends.broadcast_id,
        sends.workflow_id,
        sends.workflow_instance_id,
        sends.workflow_block_id,
        sends.message_id,
        sends.message_language_code,
        sends.channel,
        sends.reports_opens,
        sends.is_delivered,
        sends.is_bounced,
        sends.is_opened,
        sends.is_clicked,
        sends.is_unsubscribed,
        sends.is_complained,
        sends.is_engaged,
        sends.is_engaged_by_human,
        sends.is_suspected_open,
        sends.is_suspected_click,
        sends.delivered_at,
        sends.is_no_touch,
        sends.send_day,
        sends.send_date,
        sends.send_hour,
        sends.first_activity_at,
        sends.sent_at,
        sends.last_delivered_at,
        sends.last_response_at,
        case when conversions.send_id is not null then 1 else 0 end as is_converted
    from sends
    left join conversions on sends.send_id = conversions.send_id

)

select * from final

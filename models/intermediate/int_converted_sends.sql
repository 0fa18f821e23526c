with

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

credits as (

    select * from {{ ref('int_report_credits') }}

),

converted as (

    select distinct send_id
    from credits
    where send_id is not null

),

-- The platform names no send: its credits hold for every launch that sent the contact the message. No broadcast is 0.
converted_by_platform as (

    select distinct
        contact_id,
        message_instance_id,
        coalesce(broadcast_id, 0) as broadcast_or_none
    from credits
    where send_id is null

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
        case when converted.send_id is not null or converted_by_platform.contact_id is not null then 1 else 0 end
            as is_converted
    from sends
    left join converted on sends.send_id = converted.send_id
    left join converted_by_platform
        on
            sends.contact_id = converted_by_platform.contact_id
            and sends.message_instance_id = converted_by_platform.message_instance_id
            and coalesce(sends.broadcast_id, 0) = converted_by_platform.broadcast_or_none

)

select * from final

-- A table: to find these few sends among all costs more than to keep them.
{{ config(materialized='table', cluster_by=['broadcast_id', 'message_id']) }}

with

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

credits as (

    select * from {{ ref('int_report_credits') }}

),

-- What a credit names of its send; no broadcast is 0. The platform names no send: its credits hold for every launch
-- that sent the contact the message.
credited as (

    select distinct
        send_id,
        contact_id,
        coalesce(message_instance_id, 0) as instance_or_none,
        coalesce(broadcast_id, 0) as broadcast_or_none
    from credits
    where send_id is not null or message_instance_id is not null

),

final as (

    select
        sends.send_id,
        sends.contact_id,
        sends.message_instance_id,
        sends.broadcast_id,
        sends.message_id,
        sends.message_language_code,
        sends.channel,
        sends.reports_opens,
        sends.is_opened,
        sends.is_clicked
    from sends
    inner join credited
        on
            sends.contact_id = credited.contact_id
            and coalesce(sends.message_instance_id, 0) = credited.instance_or_none
            and coalesce(sends.broadcast_id, 0) = credited.broadcast_or_none
            and coalesce(credited.send_id, sends.send_id) = sends.send_id

)

select * from final

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

-- The platform names no send: its credits hold for every launch that sent the message to the contact. No broadcast is 0.
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
        sends.*,
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

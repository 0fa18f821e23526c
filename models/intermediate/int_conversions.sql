-- A table: to find these few sends among all costs more than to keep them.
{{ config(materialized='table', cluster_by=['broadcast_id', 'message_id']) }}

with

sends as (

    select * from {{ ref('int_converted_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and is_converted = 1

),

final as (

    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        message_id,
        message_language_code,
        channel,
        is_opened,
        is_clicked
    from sends

)

select * from final

-- The sends of fct_sends as they stood at `as_of`: what happened later has not happened yet.
{%- set moments = [
    'first_delivered_at', 'first_failed_at', 'first_proof_at', 'first_response_at', 'first_opened_at',
    'first_clicked_at', 'first_human_open_at', 'first_human_click_at', 'first_unsubscribed_at', 'first_complained_at',
] %}

with

sends as (

    select * from {{ ref('fct_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and first_activity_at <= {{ esputnik.as_of() }}

),

standing as (

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
        is_no_touch,
        send_day,
        send_date,
        send_hour,
        first_activity_at,
        {%- for moment in moments %}
        case when {{ moment }} <= {{ esputnik.as_of() }} then {{ moment }} end as {{ moment }},
        {%- endfor %}
        case when sent_at <= {{ esputnik.as_of() }} then sent_at end as sent_at,
        -- Where the last of several came later, the first is the latest known then.
        case
            when last_delivered_at <= {{ esputnik.as_of() }} then last_delivered_at
            when first_delivered_at <= {{ esputnik.as_of() }} then first_delivered_at
        end as last_delivered_at,
        case
            when last_response_at <= {{ esputnik.as_of() }} then last_response_at
            when first_response_at <= {{ esputnik.as_of() }} then first_response_at
        end as last_response_at
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
        workflow_block_id,
        message_id,
        message_language_code,
        channel,
        reports_opens,
        {{ esputnik.send_flags() }},
        is_no_touch,
        send_day,
        send_date,
        send_hour,
        first_activity_at,
        sent_at,
        last_delivered_at,
        last_response_at
    from standing

)

select * from final

with

sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day', 365) }}
        and {{ esputnik.in_window('send_date', 365) }}
        and channel = 'widget'

),

-- A subscription belongs to no send.
subscriptions as (

    select * from {{ ref('fct_activities') }}
    where
        {{ esputnik.utc_day_window('activity_day', 365) }}
        and {{ esputnik.in_window('activity_date', 365) }}
        and activity_at <= {{ esputnik.as_of() }}
        and channel = 'widget'
        and activity_type in ('SUBSCRIPTION_CHANGED', 'PUSH_SUBSCRIBED')

),

messages as (

    select * from {{ ref('dim_messages') }}

),

happened as (

    select
        message_id,
        send_date as shown_date,
        contact_id,
        is_delivered,
        is_opened,
        is_clicked,
        reports_opens,
        0 as is_subscribed
    from sends
    union all
    select
        message_id,
        activity_date as shown_date,
        contact_id,
        0 as is_delivered,
        0 as is_opened,
        0 as is_clicked,
        0 as reports_opens,
        1 as is_subscribed
    from subscriptions

),

counted as (

    select
        message_id,
        shown_date,
        {{ esputnik.count_where('is_delivered = 1') }} as shown,
        count(distinct case when is_delivered = 1 then contact_id end) as contacts,
        {{ esputnik.count_where('is_opened = 1') }} as opened,
        {{ esputnik.count_where('is_clicked = 1') }} as interactions,
        count(distinct case when is_subscribed = 1 then contact_id end) as subscribed,
        {{ esputnik.count_where('is_delivered = 1 and reports_opens = 1') }} as delivered_telling_opens,
        {{ esputnik.count_where('is_opened = 1 and reports_opens = 1') }} as opened_telling_opens
    from happened
    group by message_id, shown_date

),

final as (

    select
        counted.message_id,
        coalesce(messages.message_name, 'unknown') as widget_name,
        counted.shown_date,
        counted.shown,
        counted.contacts,
        counted.opened,
        counted.interactions,
        counted.subscribed,
        {{ esputnik.ratio('counted.opened_telling_opens', 'counted.delivered_telling_opens') }} as open_rate,
        {{ esputnik.ratio('counted.interactions', 'counted.shown') }} as interaction_rate,
        {{ esputnik.ratio('counted.subscribed', 'counted.shown') }} as subscription_rate
    from counted
    left join messages on counted.message_id = messages.message_id

)

select * from final

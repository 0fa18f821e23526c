with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

windows as (

    select
        channel,
        event,
        window_hours * 3600000000 as window_micros
    from {{ ref('attribution_windows') }}

),

longest_windows as (

    select
        event,
        max(window_micros) as window_micros
    from windows
    group by event

),

messages_without_touches as (

    select message_id from {{ ref('dim_messages') }}
    where is_no_touch = 1

),

engagements as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and is_suspected = 0

),

-- Of a send's deliveries the first and the last are known.
unanswered_moments as (

    select
        'sent' as event,
        'sent' as moment
    union all
    select
        'delivered' as event,
        'first delivery' as moment
    union all
    select
        'delivered' as event,
        'last delivery' as moment

),

counted_unanswered as (

    select distinct
        windows.channel,
        windows.event,
        unanswered_moments.moment
    from windows
    inner join unanswered_moments on windows.event = unanswered_moments.event

),

-- Few accounts count what only went out: of theirs alone the sends are kept. Where the touches get their details,
-- below, the sends are read once more, which costs less than to keep them all in between.
unanswered as (

    select
        sends.contact_id,
        sends.send_id,
        counted_unanswered.event,
        case
            when counted_unanswered.moment = 'sent' then sends.sent_at
            when sends.is_delivered = 1 and counted_unanswered.moment = 'first delivery' then sends.delivered_at
            when sends.is_delivered = 1 and sends.last_delivered_at > sends.delivered_at then sends.last_delivered_at
        end as touch_at
    from {{ ref('int_sends') }} as sends
    inner join counted_unanswered on sends.channel = counted_unanswered.channel
    where
        {{ esputnik.utc_day_window('sends.send_day') }}
        and sends.is_no_touch = 0

),

sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and is_no_touch = 0

),

-- Rank: at equal times a click beats an open, and an open what happened without the person.
happenings as (

    select
        contact_id,
        send_id,
        'clicked' as event,
        4 as event_rank,
        activity_at as touch_at,
        0 as is_implied
    from engagements
    where is_click = 1
    union all
    select
        contact_id,
        send_id,
        'opened' as event,
        3 as event_rank,
        activity_at as touch_at,
        case when activity_type = 'CLICKED' then 1 else 0 end as is_implied
    from engagements
    union all
    select
        contact_id,
        send_id,
        event,
        case when event = 'delivered' then 2 else 1 end as event_rank,
        touch_at,
        0 as is_implied
    from unanswered
    where touch_at is not null

),

keyed as (

    select
        contacts.contact_key,
        happenings.send_id,
        happenings.event,
        happenings.event_rank,
        happenings.touch_at,
        happenings.is_implied,
        longest_windows.window_micros
    from happenings
    inner join longest_windows on happenings.event = longest_windows.event
    inner join contacts on happenings.contact_id = contacts.contact_id

),

-- Within the event's longest window: the few that are left learn their send's channel, and with it their own window.
near as (

    select
        orders.order_id,
        keyed.send_id,
        keyed.event,
        keyed.event_rank,
        keyed.touch_at,
        keyed.is_implied,
        {{ esputnik.unix_micros('orders.order_at') }} - {{ esputnik.unix_micros('keyed.touch_at') }} as micros_before
    from orders
    inner join keyed
        on
            orders.contact_key = keyed.contact_key
            and {{ esputnik.unix_micros('orders.order_at') }} - {{ esputnik.unix_micros('keyed.touch_at') }}
            between 0 and keyed.window_micros

),

-- A send has one channel, whatever a row of it says; it tells whether a click implies an open. Sends of excluded
-- messages leave with the joins: a tag may stand in their activities or, as it is today, at the message.
qualified as (

    select
        near.order_id,
        near.send_id,
        near.event_rank,
        near.touch_at,
        sends.contact_id,
        sends.channel,
        sends.message_id,
        sends.message_instance_id,
        sends.broadcast_id,
        sends.workflow_id,
        sends.workflow_instance_id,
        row_number() over (
            partition by near.order_id, near.send_id order by near.touch_at desc, near.event_rank desc
        ) as place
    from near
    inner join sends on near.send_id = sends.send_id
    inner join windows
        on
            sends.channel = windows.channel
            and near.event = windows.event
            and near.micros_before <= windows.window_micros
    left join messages_without_touches on sends.message_id = messages_without_touches.message_id
    where
        messages_without_touches.message_id is null
        and (near.is_implied = 0 or sends.reports_opens = 1)

),

-- One touch a send, at its latest qualifying activity.
final as (

    select
        order_id,
        send_id,
        event_rank,
        touch_at,
        contact_id,
        channel,
        message_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id
    from qualified
    where place = 1

)

select * from final

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

engagements as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and is_suspected = 0
        and (is_open = 1 or is_click = 1)

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
        sends.channel,
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
        channel,
        'clicked' as event,
        4 as event_rank,
        activity_at as touch_at
    from engagements
    where is_click = 1
    union all
    select
        contact_id,
        send_id,
        channel,
        'opened' as event,
        3 as event_rank,
        activity_at as touch_at
    from engagements
    where is_open = 1
    union all
    select
        contact_id,
        send_id,
        channel,
        event,
        case when event = 'delivered' then 2 else 1 end as event_rank,
        touch_at
    from unanswered
    where touch_at is not null

),

keyed as (

    select
        contacts.contact_key,
        happenings.send_id,
        happenings.event_rank,
        happenings.touch_at,
        windows.window_micros
    from happenings
    inner join windows
        on
            happenings.channel = windows.channel
            and happenings.event = windows.event
    inner join contacts on happenings.contact_id = contacts.contact_id

),

ranked as (

    select
        orders.order_id,
        keyed.send_id,
        keyed.event_rank,
        keyed.touch_at,
        row_number() over (
            partition by orders.order_id, keyed.send_id order by keyed.touch_at desc, keyed.event_rank desc
        ) as place
    from orders
    inner join keyed
        on
            orders.contact_key = keyed.contact_key
            and {{ esputnik.unix_micros('orders.order_at') }} - {{ esputnik.unix_micros('keyed.touch_at') }}
            between 0 and keyed.window_micros

),

-- One touch a send, at its latest qualifying activity. Sends of excluded messages have left with the join.
final as (

    select
        ranked.order_id,
        ranked.send_id,
        ranked.event_rank,
        ranked.touch_at,
        sends.contact_id,
        sends.channel,
        sends.message_id,
        sends.message_instance_id,
        sends.broadcast_id,
        sends.workflow_id,
        sends.workflow_instance_id
    from ranked
    inner join sends on ranked.send_id = sends.send_id
    where ranked.place = 1

)

select * from final

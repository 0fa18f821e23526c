with

contacts as (

    select * from {{ ref('int_contacts') }}

),

happened as (

    select * from {{ ref('int_reach_events') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_at <= {{ esputnik.as_of() }}

),

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

-- Apart from the sends above: DuckDB would keep those of a CTE that is read twice.
channels_of_sends as (

    select
        send_id,
        channel
    from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

-- Whoever unsubscribes is not written to again because a row names no channel: it has the channel of its send.
named as (

    select
        contact_id,
        channel,
        activity_type,
        bounce_class,
        activity_at
    from happened
    where channel <> 'other'
    union all
    select
        happened.contact_id,
        channels_of_sends.channel,
        happened.activity_type,
        happened.bounce_class,
        happened.activity_at
    from happened
    inner join channels_of_sends on happened.send_id = channels_of_sends.send_id
    where happened.channel = 'other'

),

reach_events as (

    select * from named
    where channel in ('email', 'sms', 'viber', 'web_push', 'mobile_push')

),
{%- if esputnik.list_of_texts('resubscription_events') %}

events as (

    select * from {{ ref('stg_esputnik__events') }}
    where
        {{ esputnik.utc_day_window('occurred_day') }}
        and occurred_at <= {{ esputnik.as_of() }}
        and event_type_key in ({{ esputnik.text_list(esputnik.list_of_texts('resubscription_events')) }})

),
{%- endif %}

personal as (

    select 'sms' as channel
    union all
    select 'viber' as channel
    union all
    select 'web_push' as channel
    union all
    select 'mobile_push' as channel

),

-- In e-mail the address answers for every contact that shares it, in other channels the person for all of theirs.
parties as (

    select
        contact_id,
        'email' as channel,
        email_address as party
    from contacts
    where email_address is not null
    union all
    select
        contacts.contact_id,
        personal.channel,
        contacts.contact_key as party
    from contacts
    cross join personal
    where contacts.contact_key is not null

),

-- A delivery or a reaction is a sign only where something bounced: of the many sends those of such parties are read.
bounced_parties as (

    select distinct
        parties.channel,
        parties.party
    from parties
    inner join reach_events
        on
            parties.contact_id = reach_events.contact_id
            and parties.channel = reach_events.channel
    where reach_events.activity_type = 'UNDELIVERED' and reach_events.bounce_class = 'hard'

),

bounced_contacts as (

    select
        parties.contact_id,
        parties.channel
    from parties
    inner join bounced_parties
        on
            parties.channel = bounced_parties.channel
            and parties.party = bounced_parties.party

),

answers as (

    select
        sends.contact_id,
        sends.channel,
        {{ esputnik.later_of('max(sends.last_delivered_at)', 'max(sends.last_response_at)') }} as answered_at
    from sends
    inner join bounced_contacts
        on
            sends.contact_id = bounced_contacts.contact_id
            and sends.channel = bounced_contacts.channel
    group by sends.contact_id, sends.channel

),

signs as (

    select
        contact_id,
        channel,
        case
            when activity_type = 'UNDELIVERED' then 'bounced'
            when activity_type = 'UNSUBSCRIBED' then 'unsubscribed'
            when activity_type = 'SPAM' then 'complained'
            -- An open is no consent: only a new push subscription, or an event named as one, ends an objection.
            when activity_type = 'PUSH_SUBSCRIBED' then 'consented'
            else 'reached'
        end as sign,
        activity_at as sign_at
    from reach_events
    where
        (activity_type <> 'UNDELIVERED' or bounce_class = 'hard')
        and (activity_type <> 'PUSH_SUBSCRIBED' or channel in ('web_push', 'mobile_push'))
    union all
    select
        contact_id,
        channel,
        'reached' as sign,
        answered_at as sign_at
    from answers
    where answered_at is not null
    {%- if esputnik.list_of_texts('resubscription_events') %}
    union all
    select
        parties.contact_id,
        parties.channel,
        'consented' as sign,
        events.occurred_at as sign_at
    from events
    inner join parties on events.contact_id = parties.contact_id
    {%- endif %}

),

latest as (

    select
        parties.channel,
        parties.party,
        max(case when signs.sign = 'bounced' then signs.sign_at end) as bounced_at,
        max(case when signs.sign = 'reached' then signs.sign_at end) as reached_at,
        max(case when signs.sign = 'unsubscribed' then signs.sign_at end) as unsubscribed_at,
        max(case when signs.sign = 'complained' then signs.sign_at end) as complained_at,
        max(case when signs.sign = 'consented' then signs.sign_at end) as consented_at
    from parties
    inner join signs
        on
            parties.contact_id = signs.contact_id
            and parties.channel = signs.channel
    group by parties.channel, parties.party

),

standing as (

    select
        channel,
        party,
        -- A later delivery or engagement clears a hard bounce.
        case
            when bounced_at is not null and (reached_at is null or reached_at <= bounced_at) then 1
            else 0
        end as has_bounced,
        case
            when unsubscribed_at is not null and (consented_at is null or consented_at <= unsubscribed_at) then 1
            else 0
        end as has_unsubscribed,
        case
            when complained_at is not null and (consented_at is null or consented_at <= complained_at) then 1
            else 0
        end as has_complained
    from latest

),

final as (

    select
        channel,
        party,
        has_bounced,
        has_complained,
        greatest(has_unsubscribed, has_complained) as has_objected
    from standing

)

select * from final

with

addresses as (

    select * from {{ ref('int_addresses') }}

),

activities as (

    select * from {{ ref('int_activities') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and channel in ('email', 'sms', 'web_push', 'mobile_push')

),

bounces as (

    select * from {{ ref('int_bounces') }}
    where bounce_class = 'hard'

),
{%- if var('resubscription_events') %}

events as (

    select * from {{ ref('stg_esputnik__events') }}
    where
        {{ esputnik.utc_day_window('occurred_day') }}
        and occurred_at <= {{ esputnik.as_of() }}
        and event_type_key in (
            {%- for event in var('resubscription_events') %}
            {{ dbt.string_literal(dbt.escape_single_quotes(event)) }}{{ ',' if not loop.last }}
            {%- endfor %}
        )

),
{%- endif %}

signs as (

    select
        contact_id,
        channel,
        null as bounced_at,
        case when activity_type in ('DELIVERED', 'OPENED', 'CLICKED') then activity_at end as reached_at,
        case when activity_type in ('UNSUBSCRIBED', 'SPAM') then activity_at end as objected_at,
        -- An open is no consent: only a new push subscription, or an event named as one, ends an objection.
        case when activity_type = 'PUSH_SUBSCRIBED' and channel in ('web_push', 'mobile_push') then activity_at end
            as consented_at
    from activities
    where
        activity_type in ('DELIVERED', 'OPENED', 'CLICKED', 'UNSUBSCRIBED', 'SPAM', 'PUSH_SUBSCRIBED')
    union all
    select
        contact_id,
        channel,
        activity_at as bounced_at,
        null as reached_at,
        null as objected_at,
        null as consented_at
    from bounces
    {%- if var('resubscription_events') %}
    union all
    select
        events.contact_id,
        addresses.channel,
        null as bounced_at,
        null as reached_at,
        null as objected_at,
        events.occurred_at as consented_at
    from events
    inner join addresses on events.contact_id = addresses.contact_id
    {%- endif %}

),

-- An address answers for every contact that shares it.
latest as (

    select
        addresses.channel,
        addresses.address,
        max(signs.bounced_at) as bounced_at,
        max(signs.reached_at) as reached_at,
        max(signs.objected_at) as objected_at,
        max(signs.consented_at) as consented_at
    from addresses
    inner join signs
        on
            addresses.contact_id = signs.contact_id
            and addresses.channel = signs.channel
    group by addresses.channel, addresses.address

),

final as (

    select
        channel,
        address,
        case
            when bounced_at is not null and (reached_at is null or reached_at <= bounced_at) then 1
            else 0
        end as has_hard_bounced,
        case
            when objected_at is not null and (consented_at is null or consented_at <= objected_at) then 1
            else 0
        end as has_objected
    from latest

)

select * from final

{{ config(materialized='table', cluster_by=['contact_key']) }}

with

people as (

    select * from {{ ref('int_people') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

devices as (

    select * from {{ ref('int_devices') }}
    where has_token = 1

),

email_statuses as (

    select * from {{ ref('email_statuses') }}

),

-- What stands against a person (or, in e-mail, an address); the graver where there are several.
obstacles as (

    select
        channel,
        party,
        case
            when has_complained = 1 then 'complained'
            when has_objected = 1 then 'unsubscribed'
            else 'bounced'
        end as obstacle
    from {{ ref('int_channel_standing') }}
    where has_bounced = 1 or has_objected = 1

),

-- Any device of any of a person's contacts will do.
push_channels as (

    select distinct
        contact_key,
        channel
    from devices

),

pushes as (

    select
        push_channels.contact_key,
        max(case when push_channels.channel = 'web_push' then coalesce(obstacles.obstacle, 'none') end)
            as web_push_obstacle,
        max(case when push_channels.channel = 'mobile_push' then coalesce(obstacles.obstacle, 'none') end)
            as mobile_push_obstacle
    from push_channels
    left join obstacles
        on
            push_channels.contact_key = obstacles.party
            and push_channels.channel = obstacles.channel
    group by push_channels.contact_key

),

-- Address and number are attributes, so they are those of the contact seen last.
addressed as (

    select
        people.contact_key,
        case
            when contacts.email_address is null then 'no_address'
            else coalesce(email.obstacle, 'none')
        end as email_obstacle,
        coalesce(email_statuses.allows_bulk, 1) as allows_bulk,
        coalesce(email_statuses.allows_triggered, 1) as allows_triggered,
        case
            when contacts.phone_number is null then 'no_address'
            else coalesce(sms.obstacle, 'none')
        end as sms_obstacle,
        case
            when contacts.phone_number is null then 'no_address'
            else coalesce(viber.obstacle, 'none')
        end as viber_obstacle
    from people
    inner join contacts on people.contact_id = contacts.contact_id
    left join email_statuses
        on
            {{ esputnik.spelling_key('contacts.email_status') }}
            = {{ esputnik.spelling_key('email_statuses.email_status') }}
    left join obstacles as email
        on
            contacts.email_address = email.party
            and email.channel = 'email'
    left join obstacles as sms
        on
            people.contact_key = sms.party
            and sms.channel = 'sms'
    left join obstacles as viber
        on
            people.contact_key = viber.party
            and viber.channel = 'viber'

),

reasoned as (

    select
        addressed.contact_key,
        addressed.sms_obstacle as sms_block_reason,
        addressed.viber_obstacle as viber_block_reason,
        case
            when addressed.email_obstacle <> 'none' then addressed.email_obstacle
            when addressed.allows_bulk = 1 then 'none'
            when addressed.allows_triggered = 1 then 'unconfirmed'
            else 'email_status'
        end as email_block_reason,
        case
            when addressed.email_obstacle <> 'none' then addressed.email_obstacle
            when addressed.allows_triggered = 1 then 'none'
            else 'email_status'
        end as email_triggered_block_reason,
        coalesce(pushes.web_push_obstacle, 'no_address') as web_push_block_reason,
        coalesce(pushes.mobile_push_obstacle, 'no_address') as mobile_push_block_reason
    from addressed
    left join pushes on addressed.contact_key = pushes.contact_key

),

flagged as (

    select
        *,
        {{ esputnik.flag("case when email_block_reason = 'none' then 1 end") }} as reachable_email,
        {{ esputnik.flag("case when email_triggered_block_reason = 'none' then 1 end") }} as reachable_email_triggered,
        {{ esputnik.flag("case when sms_block_reason = 'none' then 1 end") }} as reachable_sms,
        {{ esputnik.flag("case when viber_block_reason = 'none' then 1 end") }} as reachable_viber,
        {{ esputnik.flag("case when web_push_block_reason = 'none' then 1 end") }} as reachable_web_push,
        {{ esputnik.flag("case when mobile_push_block_reason = 'none' then 1 end") }} as reachable_mobile_push
    from reasoned

),

final as (

    select
        contact_key,
        reachable_email,
        email_block_reason,
        reachable_email_triggered,
        email_triggered_block_reason,
        reachable_sms,
        sms_block_reason,
        reachable_viber,
        viber_block_reason,
        reachable_web_push,
        web_push_block_reason,
        reachable_mobile_push,
        mobile_push_block_reason,
        greatest(reachable_web_push, reachable_mobile_push) as reachable_push,
        reachable_email + reachable_sms + reachable_viber + reachable_web_push + reachable_mobile_push
            as reachable_channels
    from flagged

)

select * from final

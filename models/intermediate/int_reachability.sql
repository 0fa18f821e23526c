with

people as (

    select * from {{ ref('int_people') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

devices as (

    select * from {{ ref('stg_esputnik__devices') }}
    where push_token is not null

),

email_statuses as (

    select * from {{ ref('email_statuses') }}

),

-- Channels in which something stands against a person (or, in e-mail, an address).
refused as (

    select
        channel,
        party
    from {{ ref('int_channel_standing') }}
    where has_bounced = 1 or has_objected = 1

),

-- Address and number are attributes, so they are those of the contact seen last.
messages as (

    select
        people.contact_key,
        case when contacts.email_address is not null and refused_email.party is null then 1 else 0 end
            as has_open_email,
        coalesce(email_statuses.allows_bulk, 1) as allows_bulk,
        coalesce(email_statuses.allows_triggered, 1) as allows_triggered,
        case when contacts.phone_number is not null and refused_sms.party is null then 1 else 0 end as reachable_sms
    from people
    inner join contacts on people.contact_id = contacts.contact_id
    left join email_statuses
        on
            {{ esputnik.spelling_key('contacts.email_status') }}
            = {{ esputnik.spelling_key('email_statuses.email_status') }}
    left join refused as refused_email
        on
            contacts.email_address = refused_email.party
            and refused_email.channel = 'email'
    left join refused as refused_sms
        on
            people.contact_key = refused_sms.party
            and refused_sms.channel = 'sms'

),

-- Any device of any of a person's contacts will do.
tokens as (

    select distinct
        contacts.contact_key,
        {{ esputnik.device_channel('devices.app_version') }} as channel
    from devices
    inner join contacts on devices.contact_id = contacts.contact_id
    where contacts.contact_key is not null

),

pushes as (

    select distinct tokens.contact_key
    from tokens
    left join refused
        on
            tokens.contact_key = refused.party
            and tokens.channel = refused.channel
    where refused.party is null

),

final as (

    select
        messages.contact_key,
        messages.reachable_sms,
        messages.has_open_email * messages.allows_bulk as reachable_email,
        messages.has_open_email * messages.allows_triggered as reachable_email_triggered,
        case when pushes.contact_key is not null then 1 else 0 end as reachable_push
    from messages
    left join pushes on messages.contact_key = pushes.contact_key

)

select * from final

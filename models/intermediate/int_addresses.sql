with

contacts as (

    select * from {{ ref('int_contacts') }}

),

devices as (

    select * from {{ ref('stg_esputnik__devices') }}
    where push_token is not null and contact_id is not null

),

email_statuses as (

    select * from {{ ref('email_statuses') }}

),

emails as (

    select
        contacts.contact_id,
        'email' as channel,
        contacts.email_address as address,
        coalesce(email_statuses.allows_bulk, 1) as allows_bulk,
        coalesce(email_statuses.allows_triggered, 1) as allows_triggered
    from contacts
    left join email_statuses
        on {{ esputnik.spelling_key('contacts.email_status') }}
            = {{ esputnik.spelling_key('email_statuses.email_status') }}
    where contacts.email_address is not null

),

phones as (

    select
        contact_id,
        'sms' as channel,
        phone_number as address,
        1 as allows_bulk,
        1 as allows_triggered
    from contacts
    where phone_number is not null

),

-- Activities do not say which token got a push, so a contact's devices of one kind are one address.
pushes as (

    select distinct
        contact_id,
        case
            when
                lower(category) like '%web%' or lower(category) like '%browser%' or lower(category) like '%desktop%'
                then 'web_push'
            else 'mobile_push'
        end as channel,
        cast(contact_id as {{ dbt.type_string() }}) as address,
        1 as allows_bulk,
        1 as allows_triggered
    from devices

),

final as (

    select * from emails
    union all
    select * from phones
    union all
    select * from pushes

)

select * from final

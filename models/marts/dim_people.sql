{{ config(cluster_by=['contact_key']) }}

with

people as (

    select * from {{ ref('int_people') }}

),

contacts as (

    select * from {{ ref('dim_contacts') }}

),

-- A person signs up once, with the earliest of its contacts.
signups as (

    select
        contact_key,
        created_at,
        created_date,
        contact_source
    from contacts
    where contact_key is not null and created_at is not null
    qualify row_number() over (partition by contact_key order by created_at, contact_id) = 1

),

final as (

    select
        people.contact_key,
        people.contact_id,
        people.contacts_count,
        contacts.external_customer_id,

        contacts.email_address,
        contacts.email_domain,
        contacts.phone_number,
        contacts.first_name,
        contacts.last_name,
        contacts.language_code,

        signups.contact_source as signup_source,
        signups.created_at as signed_up_at,
        signups.created_date as signed_up_date,
        people.random_bucket
    from people
    inner join contacts on people.contact_id = contacts.contact_id
    left join signups on people.contact_key = signups.contact_key

)

select * from final

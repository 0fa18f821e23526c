-- A table: many models read it, and to work it out each time would cost more.
{{ config(materialized='table', cluster_by=['contact_id']) }}

with

contacts as (

    select * from {{ ref('stg_esputnik__contacts') }}
    -- A past as_of knows nothing of later contacts.
    where created_at is null or created_at <= {{ esputnik.as_of() }}

),

keyed as (

    select
        contact_id,
        {{ esputnik.normalised_key(esputnik.contact_key_source(), esputnik.contact_key_source()) }} as contact_key,
        {{ esputnik.normalised_key('email', 'email') }} as email_address,
        {{ esputnik.normalised_key('sms', 'sms') }} as phone_number,
        email_status,
        greatest(
            coalesce(created_at, {{ esputnik.timestamp_literal('1970-01-01 00:00:00+00:00') }}),
            coalesce(last_sent_at, {{ esputnik.timestamp_literal('1970-01-01 00:00:00+00:00') }}),
            coalesce(last_clicked_at, {{ esputnik.timestamp_literal('1970-01-01 00:00:00+00:00') }})
        ) as seen_at
    from contacts
    where contact_id is not null

),

final as (

    select
        contact_id,
        contact_key,
        email_address,
        -- Of the address, not as the export spells it: one provider is one domain in whatever counts by it.
        {{ esputnik.regexp_capture('email_address', '@([^@]+)$') }} as email_domain,
        phone_number,
        email_status,
        seen_at
    from keyed

)

select * from final

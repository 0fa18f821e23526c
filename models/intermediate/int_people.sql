-- A table: many models read it, and to work it out each time would cost more.
{{ config(materialized='table', cluster_by=['contact_key']) }}

with

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

people as (

    select
        contact_key,
        contact_id,
        count(*) over (partition by contact_key) as contacts_count,
        -- Attributes come from the contact seen last.
        row_number() over (partition by contact_key order by seen_at desc, contact_id desc) as place
    from contacts

),

final as (

    select
        contact_key,
        contact_id,
        contacts_count,
        {{ esputnik.random_bucket('contact_key') }} as random_bucket
    from people
    where place = 1

)

select * from final

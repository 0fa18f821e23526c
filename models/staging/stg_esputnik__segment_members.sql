{{ config(cluster_by=['segment_id']) }}

{%- set raw = esputnik.raw_dataset('segmentMembers', 'esputnik_api') -%}
{%- set columns = {
    'segment_id': 'segmentId',
    'contact_id': 'contactId',
} -%}

with

renamed as (

    select {{ esputnik.raw_columns(raw, columns) }}
    from {{ esputnik.raw_rows(raw, source('esputnik_api', 'segmentMembers')) }}

),

-- A segment without members has one row without a contact.
members as (

    select distinct
        segment_id,
        contact_id
    from renamed
    where contact_id is not null

)

select * from members

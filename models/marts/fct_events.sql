-- A view: a second copy of the events would tell nothing that staging does not.
{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('stg_esputnik__events') }}
    where
        {{ esputnik.utc_day_window('occurred_day') }}
        and occurred_at <= {{ esputnik.as_of() }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

final as (

    select
        events.event_id,
        events.occurred_day,
        events.event_type_key,
        events.contact_id,
        contacts.contact_key,
        events.key_value,
        events.params_json,
        events.occurred_at,
        {{ esputnik.local_date('events.occurred_at') }} as occurred_date
    from events
    left join contacts on events.contact_id = contacts.contact_id

)

select * from final

{{ config(materialized='table', cluster_by=['contact_key']) }}

{%- set habit_days = esputnik.whole_number('habit_days') %}

with

engaged_sends as (

    select * from {{ ref('int_engaged_sends') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

-- Like every window of engagement, by the day of the open or click, whenever the send was.
recent as (

    select
        contacts.contact_key,
        engaged_sends.channel,
        count(*) as engaged_sends_count,
        {{ esputnik.count_where(esputnik.in_window('engaged_sends.last_click_date', habit_days)) }}
            as clicked_sends_count
    from engaged_sends
    inner join contacts on engaged_sends.contact_id = contacts.contact_id
    where
        contacts.contact_key is not null
        and (
            {{ esputnik.in_window('engaged_sends.last_open_date', habit_days) }}
            or {{ esputnik.in_window('engaged_sends.last_click_date', habit_days) }}
        )
    group by contacts.contact_key, engaged_sends.channel

),

ranked as (

    select
        contact_key,
        channel,
        row_number() over (
            partition by contact_key order by engaged_sends_count desc, clicked_sends_count desc, channel asc
        ) as place
    from recent

),

final as (

    select
        contact_key,
        channel as preferred_channel
    from ranked
    where place = 1

)

select * from final

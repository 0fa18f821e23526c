{{ config(materialized='table', cluster_by=['contact_key']) }}

{%- set habit_days = esputnik.whole_number('habit_days') %}

with

-- Like every window of engagement, by the day of the open or click, whenever the send was: one lies in the window where
-- the last one does.
engaged_sends as (

    select
        contact_id,
        channel,
        case when {{ esputnik.in_window('last_click_date', habit_days) }} then 1 else 0 end as is_clicked
    from {{ ref('int_engaged_sends') }}
    where
        {{ esputnik.in_window('last_open_date', habit_days) }}
        or {{ esputnik.in_window('last_click_date', habit_days) }}

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

counted as (

    select
        contacts.contact_key,
        engaged_sends.channel,
        count(*) as engaged_sends_count,
        {{ esputnik.count_where('engaged_sends.is_clicked = 1') }} as clicked_sends_count
    from engaged_sends
    inner join contacts on engaged_sends.contact_id = contacts.contact_id
    group by contacts.contact_key, engaged_sends.channel

),

ranked as (

    select
        contact_key,
        channel,
        row_number() over (
            partition by contact_key order by engaged_sends_count desc, clicked_sends_count desc, channel asc
        ) as place
    from counted

),

final as (

    select
        contact_key,
        channel as preferred_channel
    from ranked
    where place = 1

)

select * from final

{{ config(materialized='table', cluster_by=['contact_key']) }}

{%- set habit_days = esputnik.whole_number('habit_days') %}

with

-- Like every window of engagement, by the day of the open or click, whenever the send was.
engagements as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day', habit_days) }}
        and {{ esputnik.in_window('activity_date', habit_days) }}
        and activity_at <= {{ esputnik.as_of() }}
        and (is_open = 1 or is_click = 1)

),

engaged_sends as (

    select
        send_id,
        contact_id,
        {{ esputnik.channel_of_send() }} as channel,
        max(is_click) as is_clicked
    from engagements
    group by send_id, contact_id

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

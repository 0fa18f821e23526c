with

sends as (

    select
        *,
        {{ esputnik.local_date('last_opened_at') }} as last_open_date,
        {{ esputnik.local_date('last_clicked_at') }} as last_click_date
    from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and is_engaged = 1

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

-- Like every window of engagement, by the day of the open or click, whenever the send was.
recent as (

    select
        contacts.contact_key,
        sends.channel,
        count(*) as engaged_sends,
        {{ esputnik.count_where(esputnik.in_window('sends.last_click_date', var('habit_days'))) }} as clicked_sends
    from sends
    inner join contacts on sends.contact_id = contacts.contact_id
    where
        contacts.contact_key is not null
        and (
            {{ esputnik.in_window('sends.last_open_date', var('habit_days')) }}
            or {{ esputnik.in_window('sends.last_click_date', var('habit_days')) }}
        )
    group by contacts.contact_key, sends.channel

),

ranked as (

    select
        contact_key,
        channel,
        row_number() over (
            partition by contact_key order by engaged_sends desc, clicked_sends desc, channel asc
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

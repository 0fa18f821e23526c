with

clicks as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_at <= {{ esputnik.as_of() }}
        and activity_type = 'CLICKED'

),

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

messages as (

    select * from {{ ref('dim_messages') }}

),

-- The message is the send's: not each of its activities need name it.
named as (

    select
        clicks.send_id,
        clicks.is_click,
        clicks.is_suspected,
        sends.message_id,
        contacts.contact_key,
        coalesce(clicks.link, 'unknown') as link
    from clicks
    inner join sends on clicks.send_id = sends.send_id
    left join contacts on clicks.contact_id = contacts.contact_id

),

by_send as (

    select
        message_id,
        link,
        send_id,
        contact_key,
        {{ esputnik.count_where('is_click = 1') }} as clicks,
        {{ esputnik.count_where('is_click = 1 and is_suspected = 0') }} as human_clicks,
        {{ esputnik.count_where('is_click = 0') }} as unsubscribe_clicks
    from named
    group by message_id, link, send_id, contact_key

),

-- A send in which several links were clicked is one clicked send of its message.
placed as (

    select
        *,
        row_number() over (partition by send_id order by clicks desc, link asc) as place
    from by_send

),

counted as (

    select
        message_id,
        link,
        max(case when unsubscribe_clicks > 0 then 1 else 0 end) as is_unsubscribe_link,
        sum(clicks) as clicks,
        {{ esputnik.count_where('clicks > 0') }} as clicked_sends,
        count(distinct case when clicks > 0 then contact_key end) as people,
        {{ esputnik.count_where('clicks > 0 and human_clicks = 0') }} as suspected_clicks,
        sum(unsubscribe_clicks) as unsubscribe_clicks,
        {{ esputnik.count_where('clicks > 0 and place = 1') }} as message_sends
    from placed
    group by message_id, link

),

totals as (

    select
        *,
        sum(message_sends) over (partition by message_id) as message_clicked_sends
    from counted

),

final as (

    select
        totals.message_id,
        messages.message_name,
        totals.link,
        totals.is_unsubscribe_link,
        cast(totals.clicks as {{ esputnik.contract_type('INT64') }}) as clicks,
        totals.clicked_sends,
        totals.people,
        totals.suspected_clicks,
        cast(totals.message_clicked_sends as {{ esputnik.contract_type('INT64') }}) as message_clicked_sends,
        {{ esputnik.ratio('totals.clicked_sends', 'totals.message_clicked_sends') }} as share_of_clicked_sends,
        cast(totals.unsubscribe_clicks as {{ esputnik.contract_type('INT64') }}) as unsubscribe_clicks
    from totals
    left join messages on totals.message_id = messages.message_id

)

select * from final

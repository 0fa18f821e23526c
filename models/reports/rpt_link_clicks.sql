{%- set int64 = esputnik.contract_type('INT64') %}

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

counted as (

    select
        message_id,
        link,
        max(case when unsubscribe_clicks > 0 then 1 else 0 end) as is_unsubscribe_link,
        sum(clicks) as clicks,
        {{ esputnik.count_where('clicks > 0') }} as clicked_sends,
        count(distinct case when clicks > 0 then contact_key end) as people,
        {{ esputnik.count_where('clicks > 0 and human_clicks = 0') }} as suspected_clicks,
        sum(unsubscribe_clicks) as unsubscribe_clicks
    from by_send
    group by message_id, link

),

-- A send in which several links were clicked is one clicked send of its message.
of_message as (

    select
        message_id,
        sum(clicked) as clicked_sends
    from {{ ref('int_send_totals') }}
    group by message_id

),

final as (

    select
        counted.message_id,
        messages.message_name,
        counted.link,
        counted.is_unsubscribe_link,
        cast(counted.clicks as {{ int64 }}) as clicks,
        counted.clicked_sends,
        counted.people,
        counted.suspected_clicks,
        cast(of_message.clicked_sends as {{ int64 }}) as message_clicked_sends,
        {{ esputnik.ratio('counted.clicked_sends', 'of_message.clicked_sends') }} as share_of_clicked_sends,
        cast(counted.unsubscribe_clicks as {{ int64 }}) as unsubscribe_clicks
    from counted
    -- No message is 0: sends that name none are counted together.
    left join of_message on coalesce(counted.message_id, 0) = coalesce(of_message.message_id, 0)
    left join messages on counted.message_id = messages.message_id

)

select * from final

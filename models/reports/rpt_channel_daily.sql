with

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

counted as (

    select
        send_date,
        channel,
        max(reports_opens) as reports_opens,
        {{ esputnik.send_counts() }}
    from sends
    group by send_date, channel

),

final as (

    select
        send_date,
        channel,
        sends,
        delivered,
        bounced,
        opened,
        clicked,
        unsubscribed,
        complained,
        suspected_opens,
        suspected_clicks,
        {{ esputnik.send_rates() }}
    from counted

)

select * from final

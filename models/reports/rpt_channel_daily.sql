with

send_totals as (

    select * from {{ ref('int_send_totals') }}

),

counted as (

    select
        send_date,
        channel,
        {{ esputnik.summed_send_counts() }}
    from send_totals
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

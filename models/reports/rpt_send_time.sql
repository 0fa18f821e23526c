with

-- A send known by its open or click only would count at the hour of that.
sends as (

    select
        channel,
        is_engaged_by_human,
        {{ esputnik.local_date('sent_at') }} as sent_date,
        {{ esputnik.local_hour('sent_at') }} as sent_hour
    from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and sent_at is not null
        and is_delivered = 1

),

counted as (

    select
        channel,
        {{ esputnik.iso_weekday('sent_date') }} as sent_weekday,
        sent_hour,
        count(*) as delivered,
        {{ esputnik.count_where('is_engaged_by_human = 1') }} as engaged
    from sends
    group by 1, 2, 3

),

final as (

    select
        channel,
        sent_weekday,
        sent_hour,
        delivered,
        engaged,
        {{ esputnik.ratio('engaged', 'delivered') }} as engagement_rate,
        {{ esputnik.rounded(esputnik.wilson('engaged', 'delivered', -1), 4) }} as engagement_rate_low,
        {{ esputnik.rounded(esputnik.wilson('engaged', 'delivered', 1), 4) }} as engagement_rate_high
    from counted

)

select * from final

with

-- A send known by its open or click only would count at the hour of that, and has none.
send_totals as (

    select * from {{ ref('int_send_totals') }}
    where sent_hour is not null and delivered > 0

),

counted as (

    select
        channel,
        sent_weekday,
        sent_hour,
        cast(sum(delivered) as {{ esputnik.contract_type('INT64') }}) as delivered,
        cast(sum(delivered_engaged) as {{ esputnik.contract_type('INT64') }}) as engaged
    from send_totals
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

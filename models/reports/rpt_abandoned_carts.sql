{%- set window_micros = esputnik.whole_number('cart_recovery_days') * 24 * 3600 * 1000000 %}

with

orders as (

    select
        *,
        {{ esputnik.unix_micros('order_at') }} as order_micros
    from {{ ref('fct_orders') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and is_delivered = 1

),

carts as (

    select * from orders
    where is_cart = 1

),

purchases as (

    select * from orders
    where is_valid = 1 and contact_key is not null

),

recoveries as (

    select
        carts.order_id,
        min(purchases.order_micros) as recovered_micros
    from carts
    inner join purchases
        on
            carts.contact_key = purchases.contact_key
            and carts.order_micros < purchases.order_micros
            and purchases.order_micros <= carts.order_micros + {{ window_micros }}
    group by carts.order_id

),

followed as (

    select
        carts.order_id,
        carts.contact_key,
        carts.currency,
        carts.total_cost,
        carts.order_month,
        carts.order_micros,
        recoveries.recovered_micros
    from carts
    left join recoveries on carts.order_id = recoveries.order_id

),

-- Carts are few: each is put beside the contacts of its person, and the sends beside those.
awaited as (

    select
        contacts.contact_id,
        followed.order_id,
        followed.order_micros,
        coalesce(followed.recovered_micros, followed.order_micros + {{ window_micros }}) as until_micros
    from followed
    inner join contacts on followed.contact_key = contacts.contact_key

),

-- The last message between the cart and its recovery, or the end of the time for it.
touched as (

    select
        awaited.order_id,
        sends.channel
    from awaited
    inner join sends
        on
            awaited.contact_id = sends.contact_id
            and {{ esputnik.unix_micros('sends.delivered_at') }} > awaited.order_micros
            and {{ esputnik.unix_micros('sends.delivered_at') }} <= awaited.until_micros
    qualify row_number() over (
        partition by awaited.order_id order by sends.delivered_at desc, sends.channel desc
    ) = 1

),

judged as (

    select
        followed.order_month,
        followed.currency,
        followed.total_cost,
        case
            when followed.contact_key is null then 'unknown'
            else coalesce(touched.channel, 'none')
        end as channel,
        case when followed.recovered_micros is not null then 1 else 0 end as is_recovered,
        (followed.recovered_micros - followed.order_micros) / 3600000000 as hours_to_recovery
    from followed
    left join touched on followed.order_id = touched.order_id

),

counted as (

    select
        order_month,
        channel,
        currency,
        {{ esputnik.add_to_date('order_month', 1, 'month') }} as next_month,
        count(*) as carts,
        {{ esputnik.count_where('is_recovered = 1') }} as recovered_carts,
        sum(total_cost) as cart_value,
        sum(case when is_recovered = 1 then total_cost else 0 end) as recovered_value,
        avg(hours_to_recovery) as average_hours_to_recovery
    from judged
    group by order_month, channel, currency

),

final as (

    select
        order_month,
        channel,
        currency,
        carts,
        recovered_carts,
        {{ esputnik.rounded('cart_value') }} as cart_value,
        {{ esputnik.rounded('recovered_value') }} as recovered_value,
        -- Not before the last cart of the month has had the time; nobody's carts cannot be followed.
        case
            when
                channel <> 'unknown'
                and {{ esputnik.add_to_date('next_month', esputnik.whole_number('cart_recovery_days'), 'day') }}
                <= {{ esputnik.as_of_date() }}
                then {{ esputnik.ratio('recovered_carts', 'carts') }}
        end as recovery_rate,
        {{ esputnik.rounded('average_hours_to_recovery') }} as average_hours_to_recovery
    from counted

)

select * from final

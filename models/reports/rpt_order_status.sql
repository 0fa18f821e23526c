with

orders as (

    select
        *,
        {{ esputnik.days_since('order_date') }} as age_days
    from {{ ref('fct_orders') }}

),

banded as (

    select
        *,
        case
            when age_days <= 7 then '0_7'
            when age_days <= 30 then '8_30'
            when age_days <= 90 then '31_90'
            else 'over_90'
        end as age_band
    from orders

),

counted as (

    select
        order_month,
        age_band,
        order_status,
        currency,
        count(*) as orders,
        sum(total_cost) as total_cost
    from banded
    group by order_month, age_band, order_status, currency

),

final as (

    select
        order_month,
        age_band,
        order_status,
        currency,
        orders,
        {{ esputnik.rounded('total_cost') }} as total_cost,
        orders / sum(orders) over (partition by order_month, age_band, currency) as share_of_orders
    from counted

)

select * from final

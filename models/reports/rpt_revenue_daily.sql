with

orders as (

    select * from {{ ref('fct_orders') }}

),

counted as (

    select
        order_date,
        currency,
        {{ esputnik.count_where('is_valid = 1') }} as orders,
        {{ esputnik.count_where('is_delivered = 1') }} as delivered_orders,
        {{ esputnik.count_where("order_status = 'cancelled'") }} as cancelled_orders,
        {{ esputnik.count_where('is_cart = 1') }} as abandoned_carts,
        {{ esputnik.count_where('is_first_order = 1') }} as new_customers,
        count(distinct case when is_valid = 1 then contact_key end) as customers,
        sum(case when is_valid = 1 then total_cost else 0 end) as revenue,
        sum(case when is_delivered = 1 then total_cost else 0 end) as delivered_revenue
    from orders
    group by order_date, currency

),

currencies as (

    select
        currency,
        min(order_date) as first_order_date
    from counted
    group by currency

),

-- A day without an order is a row too: a chart must fall to 0 and not leap over it.
days as (

    select
        currency,
        {{ esputnik.add_to_date('first_order_date', 'day_number', 'day') }} as order_date
    from currencies
    cross join {{ esputnik.numbers_up_to(
        esputnik.days_between('currencies.first_order_date', esputnik.as_of_date()), 'day_number'
    ) }}

),

final as (

    select
        days.order_date,
        days.currency,
        coalesce(counted.orders, 0) as orders,
        coalesce(counted.delivered_orders, 0) as delivered_orders,
        coalesce(counted.cancelled_orders, 0) as cancelled_orders,
        coalesce(counted.abandoned_carts, 0) as abandoned_carts,
        coalesce(counted.customers, 0) as customers,
        coalesce(counted.new_customers, 0) as new_customers,
        {{ esputnik.rounded('coalesce(counted.revenue, 0)') }} as revenue,
        {{ esputnik.rounded('coalesce(counted.delivered_revenue, 0)') }} as delivered_revenue,
        {{ esputnik.rounded(esputnik.ratio('counted.revenue', 'counted.orders')) }} as average_order_value
    from days
    left join counted
        on
            days.order_date = counted.order_date
            and days.currency = counted.currency

)

select * from final

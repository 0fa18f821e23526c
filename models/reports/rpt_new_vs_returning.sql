with

orders as (

    select
        *,
        case
            when contact_key is null then 'unknown'
            when is_first_order = 1 then 'new'
            else 'returning'
        end as customer_type
    from {{ ref('fct_orders') }}
    where is_valid = 1

),

counted as (

    select
        order_month,
        currency,
        customer_type,
        count(*) as orders,
        count(distinct contact_key) as customers,
        sum(total_cost) as revenue,
        sum(case when is_delivered = 1 then total_cost else 0 end) as delivered_revenue
    from orders
    group by order_month, currency, customer_type

),

totals as (

    select
        *,
        sum(revenue) over (partition by order_month, currency) as revenue_of_month
    from counted

),

final as (

    select
        order_month,
        currency,
        customer_type,
        orders,
        customers,
        {{ esputnik.rounded('revenue') }} as revenue,
        {{ esputnik.rounded('delivered_revenue') }} as delivered_revenue,
        {{ esputnik.rounded('revenue / orders') }} as average_order_value,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'revenue_of_month'), 4) }} as share_of_revenue
    from totals

)

select * from final

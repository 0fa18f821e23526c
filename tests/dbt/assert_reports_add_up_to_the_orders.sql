-- Reports of revenue cut the same orders differently: each adds up to the valid orders and their total, by currency.
with

orders as (

    select
        currency,
        count(*) as orders,
        sum(total_cost) as revenue,
        -- Reports show cents: an order whose total has more places may cost a row half of one.
        0.005 * {{ esputnik.count_where('round(total_cost, 2) <> total_cost') }} as tolerance
    from {{ ref('fct_orders') }}
    where is_valid = 1
    group by currency

),

reported as (

    select
        'rpt_revenue_daily' as report,
        currency,
        sum(orders) as orders,
        sum({{ esputnik.shown_money('revenue') }}) as revenue,
        0 as shares
    from {{ ref('rpt_revenue_daily') }}
    group by currency
    union all
    select
        'rpt_new_vs_returning' as report,
        currency,
        sum(orders) as orders,
        sum({{ esputnik.shown_money('revenue') }}) as revenue,
        0 as shares
    from {{ ref('rpt_new_vs_returning') }}
    group by currency
    union all
    select
        concat('rpt_attribution, ', attribution_model) as report,
        currency,
        sum({{ esputnik.money('orders') }}) as orders,
        sum({{ esputnik.shown_money('revenue') }}) as revenue,
        count(*) as shares
    from {{ ref('rpt_attribution') }}
    group by attribution_model, currency

),

reports as (

    select distinct report from reported

)

select
    reports.report,
    orders.currency,
    orders.orders,
    reported.orders as reported_orders,
    orders.revenue,
    reported.revenue as reported_revenue
from orders
cross join reports
left join reported
    on
        reports.report = reported.report
        and orders.currency = reported.currency
where
    -- Shares of orders and of their revenue are rounded in each row; assert_attribution_adds_up_to_the_orders is exact.
    abs(orders.orders - coalesce(reported.orders, 0)) > 0.00006 * coalesce(reported.shares, 0)
    or abs(orders.revenue - coalesce(reported.revenue, 0)) > orders.tolerance + 0.005 * coalesce(reported.shares, 0)

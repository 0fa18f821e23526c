-- Every customer is in one cohort, and what cohorts bought is what customers bought.
with

customers as (

    select
        count(*) as customers,
        sum(orders_count) as orders,
        sum(revenue) as revenue
    from {{ ref('int_purchases') }}

),

-- Reports show cents: an order whose total has more places may cost a row half of one.
tolerances as (

    select 0.005 * {{ esputnik.count_where('round(total_cost, 2) <> total_cost') }} as tolerance
    from {{ ref('fct_orders') }}
    where is_valid = 1

),

retained as (

    select sum(active_customers) as customers
    from {{ ref('rpt_cohort_retention') }}
    where month_number = 0

),

bought as (

    select
        sum(case when month_number = 0 then cohort_customers else 0 end) as customers,
        sum(orders) as orders,
        sum({{ esputnik.shown_money('revenue') }}) as revenue
    from {{ ref('rpt_cohort_revenue') }}

)

select
    customers.customers,
    retained.customers as retained_customers,
    bought.customers as bought_customers,
    customers.orders,
    bought.orders as bought_orders,
    customers.revenue,
    bought.revenue as bought_revenue
from customers
cross join tolerances
cross join retained
cross join bought
where
    customers.customers <> coalesce(retained.customers, 0)
    or customers.customers <> coalesce(bought.customers, 0)
    or coalesce(customers.orders, 0) <> coalesce(bought.orders, 0)
    or abs(coalesce(customers.revenue, 0) - coalesce(bought.revenue, 0)) > tolerances.tolerance

with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

customers as (

    select
        contact_key,
        min(order_month) as cohort_month
    from orders
    group by contact_key

),

cohorts as (

    select
        cohort_month,
        count(*) as cohort_customers
    from customers
    group by cohort_month

),

-- A month in which nobody of the cohort bought is a row too, up to the month of as_of.
months as (

    select
        cohort_month,
        cohort_customers,
        month_number,
        {{ esputnik.add_to_date('cohort_month', 'month_number + 1', 'month') }} as next_month
    from cohorts
    cross join {{ esputnik.numbers_up_to(
        esputnik.months_between('cohorts.cohort_month', esputnik.as_of_date()), 'month_number'
    ) }}

),

placed as (

    select
        customers.cohort_month,
        orders.contact_key,
        {{ esputnik.months_between('customers.cohort_month', 'orders.order_month') }} as month_number,
        {{ esputnik.in_account_currency('total_cost', 'orders') }} as revenue
    from orders
    inner join customers on orders.contact_key = customers.contact_key

),

bought as (

    select
        cohort_month,
        month_number,
        count(distinct contact_key) as active_customers,
        count(*) as orders,
        sum(revenue) as revenue
    from placed
    group by cohort_month, month_number

),

final as (

    select
        months.cohort_month,
        months.month_number,
        months.cohort_customers,
        coalesce(bought.active_customers, 0) as active_customers,
        coalesce(bought.orders, 0) as orders,
        coalesce(bought.revenue, 0) as revenue,
        case when months.next_month <= {{ esputnik.as_of_date() }} then 1 else 0 end as is_complete
    from months
    left join bought
        on
            months.cohort_month = bought.cohort_month
            and months.month_number = bought.month_number

)

select * from final

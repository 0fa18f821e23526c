{%- set int64 = esputnik.contract_type('INT64') %}

with

cohorts as (

    select * from {{ ref('int_cohorts') }}

),

cumulated as (

    select
        *,
        sum(orders) over (partition by cohort_month order by month_number) as cumulative_orders,
        sum(revenue) over (partition by cohort_month order by month_number) as cumulative_revenue
    from cohorts

),

final as (

    select
        cohort_month,
        month_number,
        {{ esputnik.add_to_date('cohort_month', 'month_number', 'month') }} as activity_month,
        is_complete,
        cohort_customers,
        orders,
        {{ esputnik.rounded('revenue') }} as revenue,
        cast(cumulative_orders as {{ int64 }}) as cumulative_orders,
        {{ esputnik.rounded('cumulative_revenue') }} as cumulative_revenue,
        '{{ esputnik.account_currency() }}' as currency,
        case when is_complete = 1 then {{ esputnik.rounded('cumulative_orders / cohort_customers', 4) }} end
            as orders_per_customer,
        case when is_complete = 1 then {{ esputnik.rounded('cumulative_revenue / cohort_customers') }} end
            as revenue_per_customer
    from cumulated

)

select * from final

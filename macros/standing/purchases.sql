{#-
    The rule of `int_purchases`: how each person had bought by `as_of`, or by a moment so many days ago.
-#}
{% macro purchases(days_ago=0) -%}
with

orders as (

    select * from {{ ref('fct_orders') }}
    where
        is_valid = 1
        and contact_key is not null
        and order_at <= {{ esputnik.as_of(days_ago) }}

),

totals as (

    select
        contact_key,
        count(*) as orders_count,
        {{ esputnik.count_where('is_in_account_currency = 1') }} as orders_in_account_currency,
        sum({{ esputnik.in_account_currency('total_cost') }}) as revenue,
        sum(case when is_delivered = 1 then {{ esputnik.in_account_currency('total_cost') }} else 0 end)
            as delivered_revenue,
        min(order_at) as first_order_at,
        max(order_at) as last_order_at
    from orders
    group by contact_key

),

order_days as (

    select distinct
        contact_key,
        order_date
    from orders

),

gaps as (

    select
        contact_key,
        order_date,
        {{ esputnik.days_between(
            'lag(order_date) over (partition by contact_key order by order_date)', 'order_date'
        ) }} as gap_days,
        row_number() over (partition by contact_key order by order_date desc) as days_back
    from order_days

),

days as (

    select
        contact_key,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) - 1 as repeat_days,
        max(case when days_back = 1 then gap_days end) as last_gap_days
    from gaps
    group by contact_key

),

final as (

    select
        totals.contact_key,
        totals.orders_count,
        totals.orders_in_account_currency,
        totals.revenue,
        totals.delivered_revenue,
        totals.first_order_at,
        totals.last_order_at,
        days.first_order_date,
        days.last_order_date,
        days.repeat_days,
        days.last_gap_days,
        {{ esputnik.days_between('days.first_order_date', 'days.last_order_date') }} as recency_days,
        {{ esputnik.days_since('days.first_order_date', days_ago) }} as age_days,
        {{ esputnik.days_since('days.last_order_date', days_ago) }} as days_since_last_order
    from totals
    inner join days on totals.contact_key = days.contact_key

)

select * from final
{%- endmacro %}

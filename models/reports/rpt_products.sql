{%- set int64 = esputnik.contract_type('INT64') %}

with

items as (

    select * from {{ ref('fct_order_items') }}
    where is_valid = 1

),

products as (

    select * from {{ ref('dim_products') }}

),

sold as (

    select
        product_id,
        currency,
        count(distinct order_id) as orders,
        count(distinct contact_key) as customers,
        cast(sum(quantity) as {{ int64 }}) as quantity,
        sum(item_revenue) as item_revenue,
        sum(case when is_delivered = 1 then item_revenue else 0 end) as delivered_item_revenue,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from items
    group by product_id, currency

),

totals as (

    select
        *,
        sum(item_revenue) over (partition by currency) as item_revenue_of_currency
    from sold

),

final as (

    select
        totals.product_id,
        products.product_name,
        totals.currency,
        totals.orders,
        totals.customers,
        totals.quantity,
        {{ esputnik.rounded('totals.item_revenue') }} as item_revenue,
        {{ esputnik.rounded('totals.delivered_item_revenue') }} as delivered_item_revenue,
        {{ esputnik.rounded(esputnik.ratio('totals.item_revenue', 'totals.quantity')) }} as average_unit_cost,
        {{ esputnik.rounded(esputnik.ratio('totals.item_revenue', 'totals.item_revenue_of_currency'), 4) }}
            as share_of_item_revenue,
        totals.first_order_date,
        totals.last_order_date,
        {{ esputnik.days_since('totals.last_order_date') }} as days_since_last_order
    from totals
    inner join products on totals.product_id = products.product_id

)

select * from final

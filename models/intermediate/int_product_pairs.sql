{{ config(materialized='table', cluster_by=['product_id']) }}

with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1

),

items as (

    select distinct
        order_id,
        product_id
    from {{ ref('fct_order_items') }}
    where is_valid = 1 and product_id <> 'unknown'

),

all_orders as (

    select count(*) as all_orders from orders

),

orders_by_product as (

    select
        product_id,
        count(*) as orders
    from items
    group by product_id

),

pairs as (

    select
        items.product_id,
        others.product_id as other_product_id,
        count(*) as orders
    from items
    inner join items as others
        on
            items.order_id = others.order_id
            and items.product_id <> others.product_id
    group by items.product_id, others.product_id
    having count(*) >= {{ esputnik.whole_number('product_pairs_min_orders') }}

),

final as (

    select
        pairs.product_id,
        pairs.other_product_id,
        pairs.orders,
        product.orders as product_orders,
        other_product.orders as other_product_orders,
        pairs.orders / all_orders.all_orders as support,
        pairs.orders / product.orders as confidence,
        pairs.orders * all_orders.all_orders / (product.orders * other_product.orders) as lift
    from pairs
    cross join all_orders
    inner join orders_by_product as product on pairs.product_id = product.product_id
    inner join orders_by_product as other_product on pairs.other_product_id = other_product.product_id

)

select * from final

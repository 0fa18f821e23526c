with

pairs as (

    select * from {{ ref('int_product_pairs') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

final as (

    select
        pairs.product_id,
        products.product_name,
        pairs.other_product_id,
        other_products.product_name as other_product_name,
        pairs.orders,
        pairs.product_orders,
        pairs.other_product_orders,
        pairs.support,
        pairs.confidence,
        pairs.lift
    from pairs
    inner join products on pairs.product_id = products.product_id
    inner join products as other_products on pairs.other_product_id = other_products.product_id

)

select * from final

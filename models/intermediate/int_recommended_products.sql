{{ config(materialized='table', cluster_by=['contact_key']) }}

with

items as (

    select * from {{ ref('fct_order_items') }}
    where is_valid = 1 and contact_key is not null and product_id <> 'unknown'

),

products as (

    select * from {{ ref('dim_products') }}

),

-- What everybody buys goes with everything; a lift above 1 says that it goes with this product more than with others.
-- The best partners of a product suffice, and keep the join below small.
pairs as (

    select *
    from {{ ref('int_product_pairs') }}
    where lift > 1
    qualify row_number() over (
        partition by product_id order by confidence desc, orders desc, other_product_id asc
    ) <= 2 * {{ var('recommended_products_max') }}

),

owned as (

    select distinct
        contact_key,
        product_id
    from items

),

candidates as (

    select
        owned.contact_key,
        owned.product_id as because_of_product_id,
        pairs.other_product_id as product_id,
        pairs.orders,
        pairs.confidence
    from owned
    inner join pairs on owned.product_id = pairs.product_id
    left join owned as already
        on
            owned.contact_key = already.contact_key
            and pairs.other_product_id = already.product_id
    where already.product_id is null

),

-- Several owned products may lead to the same one: the strongest reason counts.
reasons as (

    select *
    from candidates
    qualify row_number() over (
        partition by contact_key, product_id order by confidence desc, orders desc, because_of_product_id asc
    ) = 1

),

ranked as (

    select
        *,
        row_number() over (
            partition by contact_key order by confidence desc, orders desc, product_id asc
        ) as row_rank
    from reasons

),

final as (

    select
        ranked.contact_key,
        ranked.row_rank,
        ranked.product_id,
        products.product_name,
        products.product_url,
        products.image_url,
        ranked.because_of_product_id,
        because_of.product_name as because_of_product_name,
        {{ esputnik.rounded('ranked.confidence', 4) }} as confidence
    from ranked
    inner join products on ranked.product_id = products.product_id
    inner join products as because_of on ranked.because_of_product_id = because_of.product_id
    where ranked.row_rank <= {{ var('recommended_products_max') }}

)

select * from final

with

items as (

    select * from {{ ref('fct_order_items') }}
    where is_valid = 1 and contact_key is not null and product_id <> 'unknown'

),

products as (

    select * from {{ ref('dim_products') }}

),

people as (

    select
        contact_key,
        contact_id
    from {{ ref('int_people') }}

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

-- Pairs are ranked once: people have many more candidates than there are pairs, and numbers compare faster than texts.
placed as (

    select
        product_id as because_of_product_id,
        other_product_id as product_id,
        confidence,
        row_number() over (order by confidence desc, orders desc, product_id asc, other_product_id asc) as reason_place,
        row_number() over (order by confidence desc, orders desc, other_product_id asc, product_id asc) as product_place
    from pairs

),

owned as (

    select distinct
        people.contact_id,
        items.product_id
    from items
    inner join people on items.contact_key = people.contact_key

),

-- Several owned products may lead to the same one: the strongest reason counts.
reasons as (

    select
        owned.contact_id,
        placed.product_id,
        min(placed.reason_place) as reason_place
    from owned
    inner join placed on owned.product_id = placed.because_of_product_id
    left join owned as already
        on
            owned.contact_id = already.contact_id
            and placed.product_id = already.product_id
    where already.product_id is null
    group by owned.contact_id, placed.product_id

),

ranked as (

    select
        reasons.contact_id,
        placed.product_id,
        placed.because_of_product_id,
        placed.confidence,
        row_number() over (partition by reasons.contact_id order by placed.product_place) as row_rank
    from reasons
    inner join placed on reasons.reason_place = placed.reason_place

),

final as (

    select
        people.contact_key,
        ranked.row_rank,
        ranked.product_id,
        products.product_name,
        products.product_url,
        products.image_url,
        ranked.because_of_product_id,
        because_of.product_name as because_of_product_name,
        {{ esputnik.rounded('ranked.confidence', 4) }} as confidence
    from ranked
    inner join people on ranked.contact_id = people.contact_id
    inner join products on ranked.product_id = products.product_id
    inner join products as because_of on ranked.because_of_product_id = because_of.product_id
    where ranked.row_rank <= {{ var('recommended_products_max') }}

)

select * from final

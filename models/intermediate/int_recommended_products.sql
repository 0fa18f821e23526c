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
    ) <= 2 * {{ esputnik.whole_number('recommended_products_max') }}

),

-- Pairs are ranked once: people have many more candidates than there are pairs, and numbers compare faster than texts.
-- Of the pairs that lead to one product the strongest has the best place, so one order serves for reasons and ranks.
placed as (

    select
        product_id as because_of_product_id,
        other_product_id as product_id,
        confidence,
        dense_rank() over (order by other_product_id) as product_number,
        row_number() over (order by confidence desc, orders desc, other_product_id asc, product_id asc) as place
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
        placed.product_number,
        min(placed.place) as place
    from owned
    inner join placed on owned.product_id = placed.because_of_product_id
    left join owned as already
        on
            owned.contact_id = already.contact_id
            and placed.product_id = already.product_id
    where already.product_id is null
    group by owned.contact_id, placed.product_number

),

ranked as (

    select
        contact_id,
        place,
        row_number() over (partition by contact_id order by place) as row_rank
    from reasons

),

final as (

    select
        people.contact_key,
        ranked.row_rank,
        placed.product_id,
        products.product_name,
        products.product_url,
        products.image_url,
        placed.because_of_product_id,
        because_of.product_name as because_of_product_name,
        {{ esputnik.rounded('placed.confidence', 4) }} as confidence
    from ranked
    inner join placed on ranked.place = placed.place
    inner join people on ranked.contact_id = people.contact_id
    inner join products on placed.product_id = products.product_id
    inner join products as because_of on placed.because_of_product_id = because_of.product_id
    where ranked.row_rank <= {{ esputnik.whole_number('recommended_products_max') }}

)

select * from final

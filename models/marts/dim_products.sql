{{ config(cluster_by=['product_id']) }}

with

orders as (

    select
        order_id,
        order_at
    from {{ ref('int_orders') }}

),

-- Lines up to `as_of`, as their orders are dated. A line whose order the export has not is dated by itself.
items as (

    select
        lines.order_id,
        lines.name,
        lines.description,
        lines.url,
        lines.image_url,
        {{ esputnik.product_id('lines.external_product_id') }} as product_id,
        coalesce(orders.order_at, lines.order_at) as called_at
    from {{ ref('stg_esputnik__order_items') }} as lines
    left join orders on lines.order_id = orders.order_id
    where orders.order_id is not null or lines.order_at <= {{ esputnik.as_of() }}

),

-- The export has no catalogue: a product is called as its newest line calls it.
newest as (

    select *
    from items
    qualify row_number() over (
        partition by product_id
        order by called_at desc, order_id desc, name desc, url desc, image_url desc, description desc
    ) = 1

),

final as (

    select
        product_id,
        case when product_id <> 'unknown' then name end as product_name,
        case when product_id <> 'unknown' then description end as product_description,
        case when product_id <> 'unknown' then url end as product_url,
        case when product_id <> 'unknown' then image_url end as image_url
    from newest

)

select * from final

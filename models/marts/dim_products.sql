{{ config(cluster_by=['product_id']) }}

with

items as (

    select
        *,
        {{ esputnik.product_id('external_product_id') }} as product_id
    from {{ ref('stg_esputnik__order_items') }}
    where order_at is null or order_at <= {{ esputnik.as_of() }}

),

-- The export has no catalogue: a product is called as its newest line calls it.
newest as (

    select *
    from items
    qualify row_number() over (
        partition by product_id
        order by order_at desc, order_id desc, name desc, url desc, image_url desc, description desc
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

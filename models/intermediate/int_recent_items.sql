with

items as (

    select * from {{ ref('fct_order_items') }}
    where is_valid = 1 and contact_key is not null and product_id <> 'unknown'

),

products as (

    select * from {{ ref('dim_products') }}

),

-- A product bought again and again is one row, of its last order.
latest as (

    select
        *,
        count(*) over (partition by contact_key, product_id) as times_bought
    from items
    qualify row_number() over (
        partition by contact_key, product_id order by order_at desc, order_id desc, line_number asc
    ) = 1

),

ranked as (

    select
        *,
        row_number() over (partition by contact_key order by order_at desc, order_id desc, line_number asc) as row_rank
    from latest

),

recent as (

    select * from ranked
    where row_rank <= {{ esputnik.whole_number('recent_items_max') }}

),

final as (

    select
        recent.contact_key,
        recent.row_rank,
        recent.product_id,
        products.product_name,
        products.product_url,
        products.image_url,
        {{ esputnik.rounded('recent.unit_cost') }} as product_price,
        recent.currency,
        recent.order_id,
        recent.order_at,
        {{ esputnik.days_since('recent.order_date') }} as days_since_order,
        recent.times_bought
    from recent
    inner join products on recent.product_id = products.product_id

)

select * from final

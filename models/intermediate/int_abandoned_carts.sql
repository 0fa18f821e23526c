with

purchases as (

    select * from {{ ref('int_purchases') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_cart = 1 and contact_key is not null

),

items as (

    select * from {{ ref('fct_order_items') }}
    where is_cart = 1

),

products as (

    select * from {{ ref('dim_products') }}
    where product_id <> 'unknown'

),

last_carts as (

    select *
    from orders
    qualify row_number() over (partition by contact_key order by order_at desc, order_id desc) = 1

),

open_carts as (

    select last_carts.*
    from last_carts
    left join purchases on last_carts.contact_key = purchases.contact_key
    -- Any later order ends the reminding, whatever was in it.
    where purchases.last_order_at is null or purchases.last_order_at <= last_carts.order_at

),

counted as (

    select
        order_id,
        count(*) as cart_lines,
        cast(sum(quantity) as {{ esputnik.contract_type('INT64') }}) as cart_quantity
    from items
    group by order_id

),

dearest as (

    select *
    from items
    qualify row_number() over (partition by order_id order by item_revenue desc, line_number asc) = 1

),

final as (

    select
        open_carts.contact_key,
        open_carts.order_id as cart_id,
        open_carts.external_order_id as external_cart_id,
        open_carts.order_at as cart_at,
        {{ esputnik.days_since('open_carts.order_date') }} as days_since_cart,
        cast(
            floor(
                ({{ esputnik.unix_micros(esputnik.as_of()) }} - {{ esputnik.unix_micros('open_carts.order_at') }})
                / 3600000000
            ) as {{ esputnik.contract_type('INT64') }}
        ) as hours_since_cart,
        {{ esputnik.rounded('open_carts.total_cost') }} as cart_value,
        open_carts.currency as cart_currency,
        coalesce(counted.cart_lines, 0) as cart_lines,
        coalesce(counted.cart_quantity, 0) as cart_quantity,
        case when dearest.product_id <> 'unknown' then dearest.product_id end as product_id,
        dearest.product_name,
        products.product_url,
        products.image_url,
        {{ esputnik.rounded('dearest.unit_cost') }} as product_price
    from open_carts
    left join counted on open_carts.order_id = counted.order_id
    left join dearest on open_carts.order_id = dearest.order_id
    left join products on dearest.product_id = products.product_id

)

select * from final

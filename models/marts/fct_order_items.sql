{{ config(cluster_by=['product_id']) }}

with

items as (

    select
        *,
        {{ esputnik.product_id('external_product_id') }} as product_id
    from {{ ref('stg_esputnik__order_items') }}

),

orders as (

    select * from {{ ref('fct_orders') }}

),

-- Equal lines of an order stay several rows; the order of all columns gives them the same numbers in every build.
numbered as (

    select
        *,
        row_number() over (
            partition by order_id
            order by product_id desc, name desc, cost desc, quantity desc, url desc, image_url desc, description desc
        ) as line_number
    from items

),

final as (

    select
        numbered.order_id,
        numbered.line_number,
        numbered.product_id,
        numbered.name as product_name,

        coalesce(numbered.quantity, 0) as quantity,
        {{ esputnik.money_of_float('coalesce(numbered.cost, 0)') }} as unit_cost,
        {{ esputnik.money(
            esputnik.money_of_float('coalesce(numbered.cost, 0)') ~ ' * coalesce(numbered.quantity, 0)'
        ) }} as item_revenue,
        orders.currency,

        orders.contact_key,
        orders.order_status,
        orders.is_valid,
        orders.is_delivered,
        orders.is_cart,
        orders.order_at,
        orders.order_date,
        orders.order_month
    from numbered
    inner join orders on numbered.order_id = orders.order_id

)

select * from final

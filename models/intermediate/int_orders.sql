with

orders as (

    select
        *,
        coalesce(order_at, order_created_at) as placed_at
    from {{ ref('stg_esputnik__orders') }}

),

order_statuses as (

    select * from {{ ref('order_statuses') }}

),

revenue as (

    select * from {{ ref('stg_esputnik__revenue') }}

),

currencies_by_order as (

    select
        order_id,
        max(upper({{ esputnik.trim_blanks('currency') }})) as currency
    from revenue
    where order_id is not null
    group by order_id

),

currencies_by_external_order as (

    select
        external_order_id,
        max(upper({{ esputnik.trim_blanks('currency') }})) as currency
    from revenue
    where order_id is null and external_order_id is not null
    group by external_order_id

),

final as (

    select
        orders.order_id,
        orders.external_order_id,
        orders.contact_id,
        {{ esputnik.normalised_key('orders.email', 'email') }} as email_address,
        coalesce(order_statuses.status, 'other') as order_status,
        coalesce(order_statuses.is_valid, 0) as is_valid,
        coalesce(order_statuses.is_delivered, 0) as is_delivered,
        coalesce(order_statuses.is_cart, 0) as is_cart,
        orders.placed_at as order_at,
        {{ esputnik.local_date('orders.placed_at') }} as order_date,
        {{ esputnik.money_of_float('coalesce(orders.total_cost, 0)') }} as total_cost,
        coalesce(
            nullif(currencies_by_order.currency, ''),
            nullif(currencies_by_external_order.currency, ''),
            '{{ esputnik.account_currency() }}'
        ) as currency
    from orders
    left join order_statuses
        on {{ esputnik.spelling_key('orders.status') }} = {{ esputnik.spelling_key('order_statuses.order_status') }}
    left join currencies_by_order
        on orders.order_id = currencies_by_order.order_id
    left join currencies_by_external_order
        on orders.external_order_id = currencies_by_external_order.external_order_id
    where orders.placed_at <= {{ esputnik.as_of() }}

)

select * from final

with

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

items as (

    select * from {{ ref('fct_order_items') }}
    where is_valid = 1

),

ranked as (

    select
        *,
        row_number() over (partition by contact_key order by order_at desc, order_id desc) as row_rank
    from orders

),

recent as (

    select * from ranked
    where row_rank <= {{ esputnik.whole_number('recent_orders_max') }}

),

counted as (

    select
        order_id,
        cast(sum(quantity) as {{ esputnik.contract_type('INT64') }}) as order_quantity
    from items
    group by order_id

),

final as (

    select
        recent.contact_key,
        recent.row_rank,
        recent.order_id,
        recent.external_order_id,
        recent.order_status,
        recent.order_at,
        {{ esputnik.days_since('recent.order_date') }} as days_since_order,
        {{ esputnik.rounded('recent.total_cost') }} as total_cost,
        {{ esputnik.rounded('coalesce(recent.discount, 0)') }} as discount,
        recent.currency,
        coalesce(counted.order_quantity, 0) as order_quantity,
        recent.delivery_method,
        recent.payment_method
    from recent
    left join counted on recent.order_id = counted.order_id

)

select * from final

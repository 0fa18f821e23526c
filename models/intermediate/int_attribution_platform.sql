with

revenue as (

    select * from {{ ref('stg_esputnik__revenue') }}

),

orders as (

    select * from {{ ref('int_orders') }}
    where is_valid = 1

),

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

orders_by_external_id as (

    select
        external_order_id,
        max(order_id) as order_id
    from orders
    where external_order_id is not null
    group by external_order_id

),

-- The PostgreSQL export names no broadcast; one run of a message belongs to one.
broadcasts_by_instance as (

    select
        message_instance_id,
        max(broadcast_id) as broadcast_id
    from sends
    where broadcast_id is not null
    group by message_instance_id

),

matched as (

    select
        revenue.contact_id,
        revenue.message_instance_id,
        revenue.workflow_id,
        revenue.activity_at,
        revenue.activity_status,
        case
            when revenue.broadcast_id is not null or revenue.workflow_id is not null then revenue.broadcast_id
            else broadcasts_by_instance.broadcast_id
        end as broadcast_id,
        coalesce(revenue.order_id, orders_by_external_id.order_id) as order_id
    from revenue
    left join orders_by_external_id
        on
            revenue.order_id is null
            and revenue.external_order_id = orders_by_external_id.external_order_id
    left join broadcasts_by_instance
        on revenue.message_instance_id = broadcasts_by_instance.message_instance_id

),

shared as (

    select
        matched.*,
        orders.total_cost,
        orders.currency,
        count(*) over (partition by matched.order_id) as rows_of_order,
        row_number() over (
            partition by matched.order_id
            order by
                matched.activity_at desc,
                matched.message_instance_id desc,
                matched.broadcast_id desc,
                matched.workflow_id desc,
                matched.contact_id desc,
                matched.activity_status desc
        ) as place
    from matched
    -- Orders that are not valid drop out.
    inner join orders on matched.order_id = orders.order_id

),

portions as (

    select
        *,
        round({{ esputnik.money('1.0 / rows_of_order') }}, 4) as portion,
        round({{ esputnik.money('total_cost / rows_of_order') }}, 2) as amount
    from shared

),

-- The last row of an order takes what rounding leaves, so that its credits sum to exactly 1, its revenue to its total.
final as (

    select
        order_id,
        broadcast_id,
        workflow_id,
        contact_id,
        message_instance_id,
        case when place = 1 then 1 - portion * (rows_of_order - 1) else portion end as credit,
        case
            when currency <> '{{ var("account_currency") }}' then 0
            when place = 1 then total_cost - amount * (rows_of_order - 1)
            else amount
        end as revenue
    from portions

)

select * from final

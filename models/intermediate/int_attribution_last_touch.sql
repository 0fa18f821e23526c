with

touches as (

    select * from {{ ref('int_touches') }}

),

orders as (

    select * from {{ ref('int_person_orders') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by order_id
            order by
                touch_at desc,
                event_rank desc,
                message_instance_id desc,
                broadcast_id desc,
                workflow_instance_id desc,
                send_id desc
        ) as place
    from touches

),

final as (

    select
        orders.order_id,
        ranked.broadcast_id,
        ranked.workflow_id,
        ranked.contact_id,
        ranked.message_instance_id,
        {{ esputnik.money('1') }} as credit,
        case when orders.is_in_account_currency = 1 then orders.total_cost else 0 end as revenue
    from ranked
    inner join orders on ranked.order_id = orders.order_id
    where ranked.place = 1

)

select * from final

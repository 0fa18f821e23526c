with

revenue as (

    select * from {{ ref('stg_esputnik__revenue') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1

),

channels as (

    select * from {{ ref('channels') }}

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

-- The export names no message, the PostgreSQL one neither broadcast nor workflow; one run of a message has one of each.
-- So it has a channel, for a row that names none.
instances as (

    select
        message_instance_id,
        {{ esputnik.channel_of_send() }} as channel,
        max(broadcast_id) as broadcast_id,
        max(workflow_id) as workflow_id,
        max(message_id) as message_id
    from sends
    group by message_instance_id

),

matched as (

    select
        revenue.activity_at as touch_at,
        revenue.activity_status,
        revenue.contact_id,
        instances.message_id,
        revenue.message_instance_id,
        coalesce(revenue.order_id, orders_by_external_id.order_id) as order_id,
        coalesce(nullif(channels.channel, 'other'), instances.channel, 'other') as channel,
        case
            when revenue.broadcast_id is not null or revenue.workflow_id is not null then revenue.broadcast_id
            else instances.broadcast_id
        end as broadcast_id,
        case
            when revenue.broadcast_id is not null or revenue.workflow_id is not null then revenue.workflow_id
            else instances.workflow_id
        end as workflow_id
    from revenue
    left join orders_by_external_id
        -- One equality, which can be hashed: a second condition on the left side alone makes DuckDB compare all pairs.
        on
            case when revenue.order_id is null then revenue.external_order_id end
            = orders_by_external_id.external_order_id
    left join instances
        on revenue.message_instance_id = instances.message_instance_id
    left join channels
        on {{ esputnik.spelling_key('revenue.media_type') }} = {{ esputnik.spelling_key('channels.media_type') }}

),

final as (

    select
        matched.order_id,
        matched.touch_at,
        matched.activity_status,
        matched.contact_id,
        matched.channel,
        matched.message_id,
        matched.message_instance_id,
        matched.broadcast_id,
        matched.workflow_id
    from matched
    -- Orders that are not valid drop out.
    inner join orders on matched.order_id = orders.order_id

)

select * from final

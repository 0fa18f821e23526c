with

campaigns as (

    select * from {{ ref('rpt_campaign_performance') }}

),

costs as (

    select * from {{ ref('channel_costs') }}

),

sent as (

    select
        broadcast_id,
        channel,
        sum(sends) as sends
    from {{ ref('int_send_totals') }}
    where broadcast_id is not null
    group by broadcast_id, channel

),

-- Each channel of a broadcast at its own price: SMS may follow where Viber fails. A channel without a price leaves the
-- cost empty.
priced as (

    select
        sent.broadcast_id,
        sent.sends,
        {{ esputnik.money('coalesce(own.cost_per_send, usual.cost_per_send)') }} as cost_per_send
    from sent
    left join costs as own
        on
            sent.channel = own.channel
            and sent.broadcast_id = own.broadcast_id
    left join costs as usual
        on
            sent.channel = usual.channel
            and usual.broadcast_id is null

),

sending as (

    select
        broadcast_id,
        case when count(*) = count(cost_per_send) then sum(sends * cost_per_send) end as sending_cost
    from priced
    group by broadcast_id

),

joined as (

    select
        campaigns.*,
        sending.sending_cost,
        {{ esputnik.money('coalesce(own.cost_per_broadcast, usual.cost_per_broadcast)') }} as cost_per_broadcast
    from campaigns
    left join sending on campaigns.broadcast_id = sending.broadcast_id
    left join costs as own
        on
            campaigns.channel = own.channel
            and campaigns.broadcast_id = own.broadcast_id
    left join costs as usual
        on
            campaigns.channel = usual.channel
            and usual.broadcast_id is null

),

costed as (

    select
        *,
        {{ esputnik.money('revenue') }} as earned,
        -- A broadcast that is only planned has cost nothing yet.
        case when sends > 0 then sending_cost + cost_per_broadcast else 0 end as spent
    from joined

),

final as (

    select
        broadcast_id,
        broadcast_name,
        channel,
        started_date,
        sends,
        orders,
        {{ esputnik.rounded('spent') }} as cost,
        revenue,
        delivered_revenue,
        {{ esputnik.rounded('earned - spent') }} as revenue_after_cost,
        currency,
        {{ esputnik.rounded(esputnik.ratio('(earned - spent)', 'spent'), 4) }} as roi,
        {{ esputnik.rounded(esputnik.ratio('spent', esputnik.money('orders'))) }} as cost_per_order,
        attribution_model
    from costed

)

select * from final

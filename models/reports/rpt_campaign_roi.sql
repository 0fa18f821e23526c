with

campaigns as (

    select * from {{ ref('rpt_campaign_performance') }}

),

costs as (

    select * from {{ ref('channel_costs') }}

),

joined as (

    select
        campaigns.*,
        {{ esputnik.money('coalesce(own.cost_per_send, usual.cost_per_send)') }} as cost_per_send,
        {{ esputnik.money('coalesce(own.cost_per_broadcast, usual.cost_per_broadcast)') }} as cost_per_broadcast
    from campaigns
    left join costs as own on campaigns.broadcast_id = own.broadcast_id
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
        case when sends > 0 then sends * cost_per_send + cost_per_broadcast else 0 end as spent
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

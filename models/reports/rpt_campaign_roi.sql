with

campaigns as (

    select * from {{ ref('rpt_campaign_performance') }}

),

costs as (

    select * from {{ ref('channel_costs') }}

),

-- Sends by the channels that they went by, since SMS may follow where Viber fails, and the broadcast itself by its own.
to_pay as (

    select
        broadcast_id,
        channel,
        sum(sends) as sends,
        0 as broadcasts
    from {{ ref('int_send_totals') }}
    where broadcast_id is not null
    group by broadcast_id, channel
    union all
    select
        broadcast_id,
        channel,
        0 as sends,
        1 as broadcasts
    from campaigns

),

priced as (

    select
        to_pay.broadcast_id,
        to_pay.sends * {{ esputnik.money('coalesce(own.cost_per_send, usual.cost_per_send)') }}
        + to_pay.broadcasts * {{ esputnik.money('coalesce(own.cost_per_broadcast, usual.cost_per_broadcast)') }}
            as price
    from to_pay
    left join costs as own
        on
            to_pay.channel = own.channel
            and to_pay.broadcast_id = own.broadcast_id
    left join costs as usual
        on
            to_pay.channel = usual.channel
            and usual.broadcast_id is null

),

-- A channel that the seed has no price of leaves the cost empty.
summed as (

    select
        broadcast_id,
        case when count(*) = count(price) then sum(price) end as price
    from priced
    group by broadcast_id

),

costed as (

    select
        campaigns.*,
        {{ esputnik.money('campaigns.revenue') }} as earned,
        -- A broadcast that is only planned has cost nothing yet.
        case when campaigns.sends > 0 then summed.price else 0 end as spent
    from campaigns
    inner join summed on campaigns.broadcast_id = summed.broadcast_id

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

with

attribution as (

    select
        *,
        case
            when is_attributed = 0 then 'unattributed'
            when broadcast_id is not null then 'broadcast'
            when workflow_id is not null then 'workflow'
            else 'message'
        end as campaign_type
    from {{ ref('fct_attribution') }}

),

broadcasts as (

    select * from {{ ref('dim_broadcasts') }}

),

messages as (

    select * from {{ ref('dim_messages') }}

),

report_model as (

    select * from {{ ref('int_report_attribution_model') }}

),

-- The names of a campaign that is no broadcast: a message has its own, and the export does not name workflows.
named as (

    select
        attribution.*,
        case attribution.campaign_type
            when 'unattributed' then 'unattributed'
            when 'broadcast' then cast(attribution.broadcast_id as {{ dbt.type_string() }})
            when 'workflow' then attribution.workflow_id
            else coalesce(cast(attribution.message_id as {{ dbt.type_string() }}), 'unknown')
        end as campaign_id,
        case attribution.campaign_type
            when 'broadcast' then broadcasts.broadcast_name
            when 'message' then messages.message_name
        end as campaign_name
    from attribution
    left join broadcasts on attribution.broadcast_id = broadcasts.broadcast_id
    left join messages on attribution.message_id = messages.message_id

),

credited as (

    select
        attribution_model,
        channel,
        campaign_type,
        campaign_id,
        currency,
        max(campaign_name) as campaign_name,
        sum(credit) as orders,
        sum(case when is_first_order = 1 then credit else 0 end) as first_orders,
        sum(revenue) as revenue,
        sum(case when is_delivered = 1 then revenue else 0 end) as delivered_revenue
    from named
    group by attribution_model, channel, campaign_type, campaign_id, currency

),

totals as (

    select
        *,
        sum(revenue) over (partition by attribution_model, currency) as revenue_of_model
    from credited

),

final as (

    select
        totals.attribution_model,
        case when report_model.attribution_model is not null then 1 else 0 end as is_report_model,
        totals.channel,
        totals.campaign_type,
        totals.campaign_id,
        totals.campaign_name,
        totals.currency,
        {{ esputnik.rounded('totals.orders', 4) }} as orders,
        {{ esputnik.rounded('totals.first_orders', 4) }} as first_orders,
        {{ esputnik.rounded('totals.revenue') }} as revenue,
        {{ esputnik.rounded('totals.delivered_revenue') }} as delivered_revenue,
        {{ esputnik.rounded(esputnik.ratio('totals.revenue', 'totals.revenue_of_model'), 4) }} as share_of_revenue
    from totals
    left join report_model on totals.attribution_model = report_model.attribution_model

)

select * from final

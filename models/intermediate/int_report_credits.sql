with

attribution_model as (

    select * from {{ ref('int_report_attribution_model') }}

),

attribution as (

    select * from {{ ref('fct_attribution') }}
    where is_attributed = 1

),

final as (

    select
        attribution.order_id,
        attribution.touch_number,
        attribution.channel,
        attribution.broadcast_id,
        attribution.workflow_id,
        attribution.message_id,
        attribution.message_instance_id,
        attribution.send_id,
        attribution.touched_contact_id as contact_id,
        attribution.credit,
        -- Reports of sends show one currency: an order in another counts as an order, without money.
        {{ esputnik.in_account_currency('revenue', 'attribution') }} as revenue,
        case
            when attribution.is_delivered = 1 then {{ esputnik.in_account_currency('revenue', 'attribution') }}
            else 0
        end as delivered_revenue
    from attribution
    inner join attribution_model on attribution.attribution_model = attribution_model.attribution_model

)

select * from final

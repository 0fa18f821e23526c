with

platform as (

    select * from {{ ref('int_attribution_platform') }}

),

last_touch as (

    select * from {{ ref('int_attribution_last_touch') }}

),

model as (

    select * from {{ ref('int_report_attribution_model') }}

),

credits as (

    select
        'platform' as attribution_model,
        order_id,
        broadcast_id,
        workflow_id,
        contact_id,
        message_instance_id,
        {{ esputnik.money('credit') }} as credit,
        {{ esputnik.money('revenue') }} as revenue
    from platform
    union all
    select
        'last_touch' as attribution_model,
        order_id,
        broadcast_id,
        workflow_id,
        contact_id,
        message_instance_id,
        {{ esputnik.money('credit') }} as credit,
        {{ esputnik.money('revenue') }} as revenue
    from last_touch

),

final as (

    select credits.*
    from credits
    inner join model on credits.attribution_model = model.attribution_model

)

select * from final

with

purchases as (

    select * from {{ ref('int_purchases') }}

),

-- The first stage that fits. People without a valid order are no rows here: they are prospects.
final as (

    select
        contact_key,
        case
            when orders_count = 1 and age_days <= {{ var('lifecycle_new_days') }} then 'new'
            when
                days_since_last_order <= {{ var('lifecycle_active_days') }}
                and last_gap_days > {{ var('lifecycle_reactivation_gap_days') }}
                then 'reactivated'
            when days_since_last_order <= {{ var('lifecycle_active_days') }} then 'active'
            when days_since_last_order <= {{ var('lifecycle_at_risk_days') }} then 'at_risk'
            when days_since_last_order <= {{ var('lifecycle_lapsed_days') }} then 'lapsed'
            else 'lost'
        end as lifecycle_stage
    from purchases

)

select * from final

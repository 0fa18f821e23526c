with

people as (

    select * from {{ ref('int_people') }}

),

lifecycle as (

    select * from {{ ref('int_lifecycle') }}

),

previous_lifecycle as (

    select * from {{ ref('int_lifecycle_previous') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

reachability as (

    select * from {{ ref('int_reachability') }}

),

staged as (

    select
        people.contact_key,
        coalesce(lifecycle.lifecycle_stage, 'prospect') as lifecycle_stage,
        lifecycle.stage_since,
        {{ esputnik.days_since('lifecycle.stage_since') }} as days_in_stage,
        coalesce(previous_lifecycle.lifecycle_stage, 'prospect') as previous_lifecycle_stage,
        purchases.last_order_at,
        purchases.days_since_last_order,
        coalesce(reachability.reachable_channels, 0) as reachable_channels
    from people
    left join lifecycle on people.contact_key = lifecycle.contact_key
    left join previous_lifecycle on people.contact_key = previous_lifecycle.contact_key
    left join purchases on people.contact_key = purchases.contact_key
    left join reachability on people.contact_key = reachability.contact_key

),

final as (

    select
        contact_key,
        lifecycle_stage,
        stage_since,
        days_in_stage,
        previous_lifecycle_stage,
        {{ esputnik.flag('case when lifecycle_stage <> previous_lifecycle_stage then 1 end') }} as has_changed_stage,
        {{ esputnik.flag("case when lifecycle_stage in ('lapsed', 'lost') and reachable_channels > 0 then 1 end") }}
            as is_win_back_candidate,
        last_order_at,
        days_since_last_order
    from staged

)

select * from final

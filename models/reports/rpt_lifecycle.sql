with

profiles as (

    select * from {{ ref('int_contact_profile') }}

),

lifecycle as (

    select * from {{ ref('int_lifecycle') }}

),

reachability as (

    select * from {{ ref('int_reachability') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

people as (

    select
        profiles.lifecycle_stage,
        profiles.orders_count,
        coalesce(purchases.revenue, 0) as revenue,
        reachability.reachable_email,
        reachability.reachable_email_triggered,
        reachability.reachable_sms,
        reachability.reachable_viber,
        reachability.reachable_push,
        reachability.reachable_channels,
        {{ esputnik.days_since('lifecycle.stage_since') }} as days_in_stage
    from profiles
    left join reachability on profiles.contact_key = reachability.contact_key
    left join lifecycle on profiles.contact_key = lifecycle.contact_key
    left join purchases on profiles.contact_key = purchases.contact_key

),

counted as (

    select
        lifecycle_stage,
        count(*) as people,
        cast(sum(orders_count) as {{ esputnik.contract_type('INT64') }}) as orders,
        sum(revenue) as revenue,
        {{ esputnik.count_where('reachable_channels > 0') }} as reachable,
        {{ esputnik.count_where('reachable_email = 1') }} as reachable_email,
        {{ esputnik.count_where('reachable_email_triggered = 1') }} as reachable_email_triggered,
        {{ esputnik.count_where('reachable_sms = 1') }} as reachable_sms,
        {{ esputnik.count_where('reachable_viber = 1') }} as reachable_viber,
        {{ esputnik.count_where('reachable_push = 1') }} as reachable_push,
        {{ esputnik.count_where('days_in_stage < 30') }} as entered_30d,
        avg(days_in_stage) as average_days_in_stage
    from people
    group by lifecycle_stage

),

final as (

    select
        lifecycle_stage,
        people,
        {{ esputnik.ratio('people', 'sum(people) over ()') }} as share_of_people,
        orders,
        {{ esputnik.rounded('revenue') }} as revenue,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'sum(revenue) over ()'), 4) }} as share_of_revenue,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'people')) }} as revenue_per_person,
        reachable,
        reachable_email,
        reachable_email_triggered,
        reachable_sms,
        reachable_viber,
        reachable_push,
        {{ esputnik.ratio('reachable', 'people') }} as reachable_rate,
        case when lifecycle_stage <> 'prospect' then entered_30d end as entered_30d,
        {{ esputnik.rounded('average_days_in_stage', 1) }} as average_days_in_stage
    from counted

)

select * from final

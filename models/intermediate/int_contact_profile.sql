-- The table behind seg_contact_profile: everything is computed here, so that the platform reads plain columns.
{{ config(materialized='table', cluster_by=['contact_key']) }}

with

people as (

    select * from {{ ref('int_people') }}

),

purchases as (

    select
        *,
        recency_days / nullif(repeat_days, 0) as days_between_orders,
        {{ esputnik.add_seconds(
            'last_order_at',
            'cast(round(86400 * recency_days / nullif(repeat_days, 0)) as ' ~ esputnik.contract_type('INT64') ~ ')'
        ) }} as expected_next_order_at
    from {{ ref('int_purchases') }}

),

lifecycle as (

    select * from {{ ref('int_lifecycle') }}

),

rfm as (

    select * from {{ ref('int_rfm') }}

),

p_alive as (

    select * from {{ ref('int_p_alive') }}

),

engagement as (

    select * from {{ ref('int_engagement') }}

),

tiers as (

    select * from {{ ref('int_engagement_tier') }}

),

preferred_channels as (

    select * from {{ ref('int_preferred_channel') }}

),

best_hours as (

    select * from {{ ref('int_best_hour') }}

),

reachability as (

    select * from {{ ref('int_reachability') }}

),

final as (

    select
        people.contact_key,
        people.contact_id,
        people.contacts_count,

        -- purchases
        coalesce(lifecycle.lifecycle_stage, 'prospect') as lifecycle_stage,
        coalesce(purchases.orders_count, 0) as orders_count,
        {{ esputnik.rounded('coalesce(purchases.revenue, 0)') }} as revenue,
        {{ esputnik.rounded('coalesce(purchases.delivered_revenue, 0)') }} as delivered_revenue,
        {{ esputnik.rounded('purchases.revenue / nullif(purchases.orders_in_account_currency, 0)') }}
            as average_order_value,
        purchases.first_order_at,
        purchases.last_order_at,
        purchases.days_since_last_order,
        coalesce(purchases.repeat_days, 0) as repeat_days,
        purchases.recency_days,
        purchases.age_days,
        p_alive.p_alive,
        rfm.rfm_recency,
        rfm.rfm_frequency,
        rfm.rfm_monetary,
        coalesce(rfm.rfm_segment, 'none') as rfm_segment,
        {{ esputnik.rounded('purchases.days_between_orders') }} as average_days_between_orders,
        purchases.expected_next_order_at,
        greatest(
            coalesce({{ esputnik.days_since(esputnik.local_date('purchases.expected_next_order_at')) }}, 0), 0
        ) as overdue_days,

        -- engagement
        coalesce(tiers.engagement_tier, 'unreached') as engagement_tier,
        coalesce(engagement.engagement_score, 0) as engagement_score,
        coalesce(preferred_channels.preferred_channel, 'none') as preferred_channel,
        best_hours.best_send_hour,
        engagement.last_click_at,
        {{ esputnik.days_since('engagement.last_click_date') }} as days_since_last_click,
        engagement.last_open_at,
        {{ esputnik.days_since('engagement.last_open_date') }} as days_since_last_open,
        coalesce(engagement.sends_7d, 0) as sends_7d,
        coalesce(engagement.sends_30d, 0) as sends_30d,
        coalesce(engagement.opens_30d, 0) as opens_30d,
        coalesce(engagement.clicks_30d, 0) as clicks_30d,

        -- reachability
        {{ esputnik.flag('reachability.reachable_email') }} as reachable_email,
        {{ esputnik.flag('reachability.reachable_email_triggered') }} as reachable_email_triggered,
        {{ esputnik.flag('reachability.reachable_sms') }} as reachable_sms,
        {{ esputnik.flag('reachability.reachable_push') }} as reachable_push,

        people.random_bucket
    from people
    left join purchases on people.contact_key = purchases.contact_key
    left join lifecycle on people.contact_key = lifecycle.contact_key
    left join rfm on people.contact_key = rfm.contact_key
    left join p_alive on people.contact_key = p_alive.contact_key
    left join engagement on people.contact_key = engagement.contact_key
    left join tiers on people.contact_key = tiers.contact_key
    left join preferred_channels on people.contact_key = preferred_channels.contact_key
    left join best_hours on people.contact_key = best_hours.contact_key
    left join reachability on people.contact_key = reachability.contact_key

)

select * from final

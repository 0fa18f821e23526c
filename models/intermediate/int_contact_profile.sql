-- The table behind seg_contact_profile: everything is computed here, so that the platform reads plain columns.
{{ config(materialized='table', cluster_by=['contact_key']) }}

with

people as (

    select * from {{ ref('int_people') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

lifecycle as (

    select * from {{ ref('int_lifecycle') }}

),

rfm as (

    select * from {{ ref('int_rfm') }}

),

rhythms as (

    select * from {{ ref('int_purchase_rhythm') }}

),

engagement as (

    select * from {{ ref('int_engagement_profile') }}

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
        rhythms.p_alive,
        rfm.rfm_recency,
        rfm.rfm_frequency,
        rfm.rfm_monetary,
        coalesce(rfm.rfm_segment, 'none') as rfm_segment,
        rhythms.average_days_between_orders,
        rhythms.expected_next_order_at,
        coalesce(rhythms.overdue_days, 0) as overdue_days,

        -- engagement
        engagement.engagement_tier,
        engagement.engagement_score,
        engagement.preferred_channel,
        engagement.best_send_hour,
        engagement.last_click_at,
        engagement.days_since_last_click,
        engagement.last_open_at,
        engagement.days_since_last_open,
        engagement.sends_7d,
        engagement.sends_30d,
        engagement.opens_30d,
        engagement.clicks_30d,

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
    left join rhythms on people.contact_key = rhythms.contact_key
    inner join engagement on people.contact_key = engagement.contact_key
    left join reachability on people.contact_key = reachability.contact_key

)

select * from final

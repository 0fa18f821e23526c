{{ config(materialized='table', cluster_by=['contact_key']) }}

with

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

p_alive as (

    select * from {{ ref('int_p_alive') }}

),

expected as (

    select
        *,
        {{ esputnik.days_since(esputnik.local_date('expected_next_order_at')) }} as days_since_expected
    from purchases

),

final as (

    select
        expected.contact_key,
        p_alive.p_alive,
        {{ esputnik.flag('case when p_alive.p_alive is not null then 1 end') }} as has_p_alive,
        expected.orders_count,
        {{ esputnik.rounded('expected.revenue') }} as revenue,
        expected.last_order_at,
        expected.days_since_last_order,
        {{ esputnik.rounded('expected.days_between_orders') }} as average_days_between_orders,
        expected.expected_next_order_at,
        -- Written out: of a null and 0 the engines' greatest differ.
        case
            when expected.days_since_expected > 0 then 0
            else -expected.days_since_expected
        end as days_to_expected_order,
        greatest(coalesce(expected.days_since_expected, 0), 0) as overdue_days,
        {{ esputnik.flag('case when expected.days_since_expected > 0 then 1 end') }} as is_overdue,
        {{ esputnik.rounded('expected.days_since_last_order / nullif(expected.days_between_orders, 0)') }}
            as gaps_since_last_order
    from expected
    left join p_alive on expected.contact_key = p_alive.contact_key

)

select * from final

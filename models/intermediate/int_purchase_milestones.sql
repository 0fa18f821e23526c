{%- set milestones = esputnik.purchase_milestones() %}
{%- set int64 = esputnik.contract_type('INT64') %}

with

purchases as (

    select * from {{ ref('int_purchases') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

reached as (

    select
        contact_key,
        order_number as milestone,
        order_at as milestone_at,
        {{ esputnik.days_since('order_date') }} as days_since_milestone
    from orders
    where order_number in ({{ milestones | join(', ') }})
    qualify row_number() over (partition by contact_key order by order_number desc) = 1

),

expected as (

    select
        *,
        cast(
            case
                {%- for milestone in milestones %}
                when orders_count < {{ milestone }} then {{ milestone }}
                {%- endfor %}
            end as {{ int64 }}
        ) as next_milestone
    from purchases

),

final as (

    select
        expected.contact_key,
        expected.orders_count,
        coalesce(reached.milestone, 0) as milestone,
        reached.milestone_at,
        reached.days_since_milestone,
        {{ esputnik.flag('case when reached.days_since_milestone = 0 then 1 end') }} as is_milestone_today,
        {{ esputnik.flag(
            'case when reached.days_since_milestone < ' ~ esputnik.whole_number('milestone_recent_days') ~ ' then 1 end'
        ) }} as is_milestone_recent,
        expected.next_milestone,
        expected.next_milestone - expected.orders_count as orders_to_next_milestone,
        expected.last_order_at,
        expected.days_since_last_order
    from expected
    left join reached on expected.contact_key = reached.contact_key

)

select * from final

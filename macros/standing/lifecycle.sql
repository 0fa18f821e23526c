{#-
    The rule of `int_lifecycle`: the stage of each buyer, and since when, at `as_of` or so many days ago.

    Args:
        purchases_relation: a relation like `int_purchases` as of the same moment.
-#}
{% macro lifecycle(purchases_relation, days_ago=0) -%}
{%- set new_days = esputnik.whole_number('lifecycle_new_days') -%}
{%- set active_days = esputnik.whole_number('lifecycle_active_days') -%}
{%- set at_risk_days = esputnik.whole_number('lifecycle_at_risk_days') -%}
{%- set lapsed_days = esputnik.whole_number('lifecycle_lapsed_days') -%}
{%- set reactivation_gap_days = esputnik.whole_number('lifecycle_reactivation_gap_days') -%}

with

purchases as (

    select * from {{ purchases_relation }}

),

-- The first stage that fits. People without a valid order are no rows here: they are prospects.
staged as (

    select
        contact_key,
        first_order_date,
        last_order_date,
        -- Until then a buyer is new, whatever the limits of others are.
        case when orders_count = 1 then {{ new_days }} else 0 end as days_as_new,
        case
            when orders_count = 1 and age_days <= {{ new_days }} then 'new'
            when
                days_since_last_order <= {{ active_days }}
                and last_gap_days > {{ reactivation_gap_days }}
                then 'reactivated'
            when days_since_last_order <= {{ active_days }} then 'active'
            when days_since_last_order <= {{ at_risk_days }} then 'at_risk'
            when days_since_last_order <= {{ lapsed_days }} then 'lapsed'
            else 'lost'
        end as lifecycle_stage
    from purchases

),

order_days as (

    select
        contact_key,
        order_date,
        count(*) as orders
    from {{ ref('fct_orders') }}
    where
        is_valid = 1
        and contact_key is not null
        and order_at <= {{ esputnik.as_of(days_ago) }}
    group by contact_key, order_date

),

gaps as (

    select
        contact_key,
        order_date,
        orders,
        {{ esputnik.days_between(
            'lag(order_date) over (partition by contact_key order by order_date)', 'order_date'
        ) }} as gap_days,
        {{ esputnik.days_between(
            'order_date', 'lead(order_date) over (partition by contact_key order by order_date)'
        ) }} as next_gap_days
    from order_days

),

-- How each day with an order begins: as a newcomer's (one order, the first), as a return, or otherwise as active.
begun as (

    select
        contact_key,
        order_date,
        gap_days,
        next_gap_days,
        case
            when gap_days is null and orders = 1 then 'new'
            when gap_days > {{ reactivation_gap_days }} then 'reactivated'
            else 'active'
        end as begins_as,
        case
            when gap_days is null and orders = 1 then {{ esputnik.add_to_date('order_date', new_days + 1, 'day') }}
            else order_date
        end as active_date
    from gaps

),

compared as (

    select
        *,
        lag(begins_as) over (partition by contact_key order by order_date) as began_as
    from begun

),

-- The days on which somebody became active who was not on the day before. A newcomer becomes so by waiting, unless the
-- next order comes first.
activations as (

    select
        contact_key,
        max(active_date) as active_since
    from compared
    where
        (begins_as = 'new' and coalesce(next_gap_days > {{ new_days + 1 }}, true))
        or (
            begins_as = 'active'
            and (
                gap_days is null
                or gap_days > {{ active_days + 1 }}
                or began_as = 'reactivated'
                or (began_as = 'new' and gap_days <= {{ new_days + 1 }})
            )
        )
    group by contact_key

),

final as (

    select
        staged.contact_key,
        staged.lifecycle_stage,
        case staged.lifecycle_stage
            when 'new' then staged.first_order_date
            when 'reactivated' then staged.last_order_date
            when 'active' then activations.active_since
            {%- for stage, limit_days in {'at_risk': active_days, 'lapsed': at_risk_days, 'lost': lapsed_days}.items() %}
            when '{{ stage }}'
                then {{ esputnik.add_to_date(
                    'staged.last_order_date', 'greatest(staged.days_as_new, ' ~ limit_days ~ ') + 1', 'day'
                ) }}
            {%- endfor %}
        end as stage_since
    from staged
    left join activations on staged.contact_key = activations.contact_key

)

select * from final
{%- endmacro %}

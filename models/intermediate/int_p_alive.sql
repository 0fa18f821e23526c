{%- set p_alive -%}
    1 / (
        1 + parameters.a / (parameters.b + purchases.repeat_days) * power(
            (parameters.alpha + purchases.age_days) / (parameters.alpha + purchases.recency_days),
            parameters.r + purchases.repeat_days
        )
    )
{%- endset %}

with

purchases as (

    select * from {{ ref('int_purchases') }}

),

parameters as (

    select
        max(case when parameter = 'r' then value end) as r,
        max(case when parameter = 'alpha' then value end) as alpha,
        max(case when parameter = 'a' then value end) as a,
        max(case when parameter = 'b' then value end) as b
    from {{ ref('purchase_parameters') }}

),

-- A guess from a short or small account is worse than none.
account as (

    select
        case
            when
                count(*) >= {{ esputnik.whole_number('p_alive_min_people') }}
                and {{ esputnik.days_between('min(first_order_date)', 'max(last_order_date)') }}
                >= {{ esputnik.whole_number('p_alive_min_days') }}
                and {{ esputnik.count_where('repeat_days >= 2') }}
                >= {{ esputnik.whole_number('p_alive_min_repeaters') }}
                then 1
            else 0
        end as is_long_enough
    from purchases

),

-- MBG/NBD, Batislam et al. 2007: the chance that a buyer with x repeat days, the last of them t_x days after the first
-- order, T days ago, still buys.
final as (

    select
        purchases.contact_key,
        case
            when account.is_long_enough = 1
                then {{ esputnik.rounded(p_alive, 4) }}
        end as p_alive
    from purchases
    cross join parameters
    cross join account

)

select * from final

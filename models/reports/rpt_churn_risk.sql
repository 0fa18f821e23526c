with

chances as (

    select * from {{ ref('int_p_alive') }}
    where p_alive is not null

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

-- What people spent in the last year stands for what they may spend in the next.
last_year as (

    select
        contact_key,
        sum(total_cost) as revenue_365d
    from {{ ref('fct_orders') }}
    where
        is_valid = 1
        and is_in_account_currency = 1
        and contact_key is not null
        and {{ esputnik.in_window('order_date', 365) }}
    group by contact_key

),

-- As monetary scores are: equal chances share a tenth.
ranked as (

    select
        contact_key,
        p_alive,
        cast(
            least(10, 1 + floor(10 * percent_rank() over (order by p_alive))) as {{ esputnik.contract_type('INT64') }}
        ) as p_alive_decile
    from chances

),

people as (

    select
        ranked.p_alive_decile,
        ranked.p_alive,
        purchases.days_since_last_order,
        coalesce(last_year.revenue_365d, 0) as revenue_365d,
        -- Cast back: DuckDB gives a product the places of both its factors.
        {{ esputnik.money(
            'coalesce(last_year.revenue_365d, 0) * (1 - ' ~ esputnik.money('ranked.p_alive') ~ ')'
        ) }} as revenue_at_risk
    from ranked
    inner join purchases on ranked.contact_key = purchases.contact_key
    left join last_year on ranked.contact_key = last_year.contact_key

),

final as (

    select
        p_alive_decile,
        count(*) as people,
        {{ esputnik.rounded('avg(p_alive)', 4) }} as average_p_alive,
        min(p_alive) as lowest_p_alive,
        max(p_alive) as highest_p_alive,
        {{ esputnik.rounded('avg(days_since_last_order)', 1) }} as average_days_since_last_order,
        {{ esputnik.rounded('sum(revenue_365d)') }} as revenue_365d,
        {{ esputnik.rounded('sum(revenue_at_risk)') }} as revenue_at_risk
    from people
    group by p_alive_decile

)

select * from final

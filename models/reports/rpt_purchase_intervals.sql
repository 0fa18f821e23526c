with

-- Two orders on one day are one purchase, as in repeat_days and average_days_between_orders.
purchases as (

    select distinct
        contact_key,
        order_date
    from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

numbered as (

    select
        row_number() over (partition by contact_key order by order_date) as purchase_number,
        {{ esputnik.days_between(
            'order_date', 'lead(order_date) over (partition by contact_key order by order_date)'
        ) }} as days_to_next
    from purchases

),

measured as (

    select
        purchase_number,
        days_to_next,
        {{ esputnik.percentile('days_to_next', 0.25, 'purchase_number') }} as quarter_within_days,
        {{ esputnik.percentile('days_to_next', 0.5, 'purchase_number') }} as median_days,
        {{ esputnik.percentile('days_to_next', 0.75, 'purchase_number') }} as three_quarters_within_days,
        {{ esputnik.percentile('days_to_next', 0.9, 'purchase_number') }} as nine_tenths_within_days
    from numbered

),

final as (

    select
        purchase_number,
        count(*) as customers,
        count(days_to_next) as customers_again,
        {{ esputnik.ratio('count(days_to_next)', 'count(*)') }} as repeat_rate,
        avg(days_to_next) as average_days,
        max(quarter_within_days) as quarter_within_days,
        max(median_days) as median_days,
        max(three_quarters_within_days) as three_quarters_within_days,
        max(nine_tenths_within_days) as nine_tenths_within_days
    from measured
    group by purchase_number

)

select * from final

with

scores as (

    select * from {{ ref('int_rfm') }}

),

previous_scores as (

    select * from {{ ref('int_rfm_previous') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

previous_purchases as (

    select * from {{ ref('int_purchases_previous') }}

),

-- Whoever had an order then has one now: nobody loses a segment.
people as (

    select
        scores.rfm_segment,
        coalesce(previous_scores.rfm_segment, 'none') as previous_rfm_segment,
        purchases.revenue - coalesce(previous_purchases.revenue, 0) as revenue_since
    from scores
    inner join purchases on scores.contact_key = purchases.contact_key
    left join previous_scores on scores.contact_key = previous_scores.contact_key
    left join previous_purchases on scores.contact_key = previous_purchases.contact_key

),

counted as (

    select
        previous_rfm_segment,
        rfm_segment,
        count(*) as people,
        sum(revenue_since) as revenue_since
    from people
    group by previous_rfm_segment, rfm_segment

),

final as (

    select
        previous_rfm_segment,
        rfm_segment,
        case when previous_rfm_segment = rfm_segment then 0 else 1 end as has_moved,
        people,
        {{ esputnik.ratio('people', 'sum(people) over (partition by previous_rfm_segment)') }} as share_of_previous,
        {{ esputnik.rounded('revenue_since') }} as revenue_since
    from counted

)

select * from final

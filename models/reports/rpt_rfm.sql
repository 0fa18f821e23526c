with

scores as (

    select * from {{ ref('int_rfm') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

counted as (

    select
        scores.rfm_recency,
        scores.rfm_frequency,
        scores.rfm_segment,
        count(*) as people,
        cast(sum(purchases.orders_count) as {{ esputnik.contract_type('INT64') }}) as orders,
        sum(purchases.orders_in_account_currency) as orders_in_account_currency,
        sum(purchases.revenue) as revenue,
        sum(purchases.delivered_revenue) as delivered_revenue,
        avg(scores.rfm_monetary) as average_monetary
    from scores
    inner join purchases on scores.contact_key = purchases.contact_key
    group by scores.rfm_recency, scores.rfm_frequency, scores.rfm_segment

),

final as (

    select
        rfm_recency,
        rfm_frequency,
        rfm_segment,
        people,
        {{ esputnik.ratio('people', 'sum(people) over ()') }} as share_of_people,
        orders,
        {{ esputnik.rounded('revenue') }} as revenue,
        {{ esputnik.rounded('delivered_revenue') }} as delivered_revenue,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'sum(revenue) over ()'), 4) }} as share_of_revenue,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'orders_in_account_currency')) }} as average_order_value,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'people')) }} as revenue_per_person,
        {{ esputnik.rounded('average_monetary') }} as average_monetary
    from counted

)

select * from final

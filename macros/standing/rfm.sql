{#-
    The rule of `int_rfm`: scores and segments of the buyers of a relation like `int_purchases`.
-#}
{% macro rfm(purchases_relation) -%}
with

purchases as (

    select * from {{ purchases_relation }}

),

bands as (

    {{ esputnik.rfm_bands() }}

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

ranked as (

    select
        contact_key,
        days_since_last_order,
        orders_count,
        percent_rank() over (order by revenue) as revenue_rank
    from purchases

),

scored as (

    select
        ranked.contact_key,
        recency.score as rfm_recency,
        frequency.score as rfm_frequency,
        cast(least(5, 1 + floor(5 * ranked.revenue_rank)) as {{ esputnik.contract_type('INT64') }}) as rfm_monetary
    from ranked
    left join bands as recency on {{ esputnik.in_rfm_band('ranked.days_since_last_order', 'recency', 'recency') }}
    left join bands as frequency on {{ esputnik.in_rfm_band('ranked.orders_count', 'frequency', 'frequency') }}

),

final as (

    select
        scored.contact_key,
        scored.rfm_recency,
        scored.rfm_frequency,
        scored.rfm_monetary,
        coalesce(segments.rfm_segment, 'none') as rfm_segment
    from scored
    left join segments
        on
            scored.rfm_recency = segments.recency_score
            and scored.rfm_frequency = segments.frequency_score

)

select * from final
{%- endmacro %}

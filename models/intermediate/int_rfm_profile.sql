with

people as (

    select * from {{ ref('int_people') }}

),

rfm as (

    select * from {{ ref('int_rfm') }}

),

previous_rfm as (

    select * from {{ ref('int_rfm_previous') }}

),

engagement as (

    select * from {{ ref('int_engagement') }}

),

segments as (

    select * from {{ ref('rfm_segments') }}

),

bands as (

    {{ esputnik.rfm_bands() }}

),

engaged as (

    select
        contact_key,
        engaged_sends_365d,
        {{ esputnik.days_since('last_engaged_date') }} as days_since_engagement
    from engagement

),

scored as (

    select
        people.contact_key,
        rfm.rfm_recency,
        rfm.rfm_frequency,
        rfm.rfm_monetary,
        previous_rfm.rfm_recency as previous_rfm_recency,
        previous_rfm.rfm_frequency as previous_rfm_frequency,
        recency.score as engagement_recency,
        -- No score of frequency without an engagement in the year: such people are in no cell of the grid.
        frequency.score as engagement_frequency,
        coalesce(rfm.rfm_segment, 'none') as rfm_segment,
        coalesce(previous_rfm.rfm_segment, 'none') as previous_rfm_segment,
        -- How far a person moved within the grid; who was not in it has not moved.
        rfm.rfm_recency + rfm.rfm_frequency - previous_rfm.rfm_recency - previous_rfm.rfm_frequency as steps
    from people
    left join rfm on people.contact_key = rfm.contact_key
    left join previous_rfm on people.contact_key = previous_rfm.contact_key
    left join engaged on people.contact_key = engaged.contact_key
    left join bands as recency on {{ esputnik.in_rfm_band('engaged.days_since_engagement', 'recency', 'recency') }}
    left join bands as frequency on {{ esputnik.in_rfm_band('engaged.engaged_sends_365d', 'frequency', 'frequency') }}

),

final as (

    select
        scored.contact_key,
        scored.rfm_recency,
        scored.rfm_frequency,
        scored.rfm_monetary,
        scored.rfm_segment,
        scored.previous_rfm_recency,
        scored.previous_rfm_frequency,
        scored.previous_rfm_segment,
        {{ esputnik.flag('case when scored.steps > 0 then 1 end') }} as has_moved_up,
        {{ esputnik.flag('case when scored.steps < 0 then 1 end') }} as has_moved_down,
        scored.engagement_recency,
        scored.engagement_frequency,
        coalesce(segments.rfm_segment, 'none') as engagement_segment
    from scored
    left join segments
        on
            scored.engagement_recency = segments.recency_score
            and scored.engagement_frequency = segments.frequency_score

)

select * from final

with

engagement as (

    select
        contact_key,
        last_delivery_date,
        last_human_click_date,
        coalesce(
            greatest(last_human_open_date, last_human_click_date), last_human_open_date, last_human_click_date
        ) as last_engaged_date
    from {{ ref('int_engagement') }}

),

-- The first tier that fits. People without a send are no rows here: they are unreached.
final as (

    select
        contact_key,
        case
            when {{ esputnik.in_window('last_human_click_date', 30) }} then 'champion'
            when {{ esputnik.in_window('last_engaged_date', 90) }} then 'engaged'
            when {{ esputnik.in_window('last_engaged_date', 180) }} then 'cooling'
            when {{ esputnik.in_window('last_delivery_date', 180) }} then 'dormant'
            when last_delivery_date is not null and last_engaged_date is null then 'never'
            when last_engaged_date is not null then 'inactive'
            else 'unreached'
        end as engagement_tier
    from engagement

)

select * from final

with

sends as (

    select
        *,
        {{ esputnik.local_date('delivered_at') }} as delivered_date,
        {{ esputnik.local_date('last_opened_at') }} as last_open_date,
        {{ esputnik.local_date('last_clicked_at') }} as last_click_date,
        {{ esputnik.local_date('first_human_open_at') }} as first_human_open_date,
        {{ esputnik.local_date('last_human_open_at') }} as last_human_open_date,
        {{ esputnik.local_date('first_human_click_at') }} as first_human_click_date,
        {{ esputnik.local_date('last_human_click_at') }} as last_human_click_date
    from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

-- Opens and clicks are counted by the day of the activity: a send was opened within a window exactly when its last
-- open lies in it.
final as (

    select
        contacts.contact_key,
        {{ esputnik.count_where(esputnik.in_window('sends.send_date', 7)) }} as sends_7d,
        {{ esputnik.count_where(esputnik.in_window('sends.send_date', 30)) }} as sends_30d,
        {{ esputnik.count_where(esputnik.in_window('sends.last_open_date', 30)) }} as opens_30d,
        {{ esputnik.count_where(esputnik.in_window('sends.last_click_date', 30)) }} as clicks_30d,
        max(sends.last_opened_at) as last_open_at,
        max(sends.last_clicked_at) as last_click_at,
        max(sends.last_open_date) as last_open_date,
        max(sends.last_click_date) as last_click_date,
        max(sends.delivered_date) as last_delivery_date,
        max(sends.last_human_open_date) as last_human_open_date,
        max(sends.last_human_click_date) as last_human_click_date,
        -- A send's first open and first click count, each once; the weight halves every 30 days.
        round(
            sum(
                {{ var('engagement_open_weight') }} * coalesce(
                    power(
                        0.5,
                        {{ esputnik.days_since('sends.first_human_open_date') }}
                        / {{ var('engagement_half_life_days') }}
                    ),
                    0
                )
                + {{ var('engagement_click_weight') }} * coalesce(
                    power(
                        0.5,
                        {{ esputnik.days_since('sends.first_human_click_date') }}
                        / {{ var('engagement_half_life_days') }}
                    ),
                    0
                )
            ),
            2
        ) as engagement_score
    from sends
    inner join contacts on sends.contact_id = contacts.contact_id
    where contacts.contact_key is not null
    group by contacts.contact_key

)

select * from final

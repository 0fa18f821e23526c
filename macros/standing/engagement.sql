{#-
    The rule of `int_engagement`: how people had reacted by `as_of`, or by a moment so many days ago.

    Args:
        sends_relation, engaged_sends_relation: the sends, and the reactions to them, as of the same moment.
-#}
{% macro engagement(sends_relation, engaged_sends_relation, days_ago=0) -%}
with

sends as (

    select
        contact_id,
        send_date,
        {{ esputnik.local_date('delivered_at') }} as delivered_date
    from {{ sends_relation }}
    where {{ esputnik.utc_day_window('send_day', days_ago=days_ago) }}

),

engaged_sends as (

    select * from {{ engaged_sends_relation }}

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

sent as (

    select
        contacts.contact_key,
        {{ esputnik.count_where(esputnik.in_window('sends.send_date', 7, days_ago)) }} as sends_7d,
        {{ esputnik.count_where(esputnik.in_window('sends.send_date', 30, days_ago)) }} as sends_30d,
        max(sends.delivered_date) as last_delivery_date
    from sends
    inner join contacts on sends.contact_id = contacts.contact_id
    group by contacts.contact_key

),

-- Opens and clicks are counted by the day of the activity: a send was opened within a window exactly when its last
-- open lies in it.
reacted as (

    select
        contacts.contact_key,
        {{ esputnik.count_where(esputnik.in_window('engaged_sends.last_open_date', 30, days_ago)) }} as opens_30d,
        {{ esputnik.count_where(esputnik.in_window('engaged_sends.last_click_date', 30, days_ago)) }} as clicks_30d,
        max(engaged_sends.last_opened_at) as last_open_at,
        max(engaged_sends.last_clicked_at) as last_click_at,
        max(engaged_sends.last_open_date) as last_open_date,
        max(engaged_sends.last_click_date) as last_click_date,
        max(engaged_sends.last_human_open_date) as last_human_open_date,
        max(engaged_sends.last_human_click_date) as last_human_click_date,
        -- A send's first open and first click count, each once; the weight halves every 30 days.
        round(
            sum(
                {{ var('engagement_open_weight') }} * coalesce(
                    power(
                        0.5,
                        {{ esputnik.days_since('engaged_sends.first_human_open_date', days_ago) }}
                        / {{ var('engagement_half_life_days') }}
                    ),
                    0
                )
                + {{ var('engagement_click_weight') }} * coalesce(
                    power(
                        0.5,
                        {{ esputnik.days_since('engaged_sends.first_human_click_date', days_ago) }}
                        / {{ var('engagement_half_life_days') }}
                    ),
                    0
                )
            ),
            2
        ) as engagement_score
    from engaged_sends
    inner join contacts on engaged_sends.contact_id = contacts.contact_id
    group by contacts.contact_key

),

final as (

    select
        sent.contact_key,
        sent.sends_7d,
        sent.sends_30d,
        reacted.last_open_at,
        reacted.last_click_at,
        reacted.last_open_date,
        reacted.last_click_date,
        sent.last_delivery_date,
        reacted.last_human_open_date,
        reacted.last_human_click_date,
        coalesce(reacted.opens_30d, 0) as opens_30d,
        coalesce(reacted.clicks_30d, 0) as clicks_30d,
        coalesce(reacted.engagement_score, 0) as engagement_score
    from sent
    left join reacted on sent.contact_key = reacted.contact_key

)

select * from final
{%- endmacro %}

{#-
    The rule of `int_engagement`: how people had reacted by `as_of`, or by a moment so many days ago.

    Args:
        sends_relation, engaged_sends_relation: the sends, and the reactions to them, as of the same moment.
-#}
{% macro engagement(sends_relation, engaged_sends_relation, days_ago=0) -%}
{%- set windows = [7, 30, 90, 365] -%}
{%- set channels = esputnik.channel_opens() -%}
with

sends as (

    select
        contact_id,
        channel,
        first_activity_at,
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

-- Opens and clicks are counted by the day of the activity: a send was opened within a window exactly when its last
-- open lies in it.
reacted as (

    select
        contacts.contact_key,
        {%- for days in windows %}
        {%- set is_open = esputnik.in_window('engaged_sends.last_open_date', days, days_ago) %}
        {%- set is_click = esputnik.in_window('engaged_sends.last_click_date', days, days_ago) %}
        {{ esputnik.count_where(is_open) }} as opens_{{ days }}d,
        {{ esputnik.count_where(is_click) }} as clicks_{{ days }}d,
        {%- for channel, has_opens in channels.items() %}
        {%- set is_channel = "engaged_sends.channel = '" ~ channel ~ "'" %}
        {%- if has_opens %}
        {{ esputnik.count_where(is_channel ~ ' and ' ~ is_open) }} as {{ channel }}_opens_{{ days }}d,
        {%- endif %}
        {{ esputnik.count_where(is_channel ~ ' and ' ~ is_click) }} as {{ channel }}_clicks_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        {{ esputnik.count_where(
            esputnik.in_window('engaged_sends.last_human_open_date', 365, days_ago)
            ~ ' or ' ~ esputnik.in_window('engaged_sends.last_human_click_date', 365, days_ago)
        ) }} as engaged_sends_365d,
        max(engaged_sends.last_opened_at) as last_open_at,
        max(engaged_sends.last_clicked_at) as last_click_at,
        max(engaged_sends.last_open_date) as last_open_date,
        max(engaged_sends.last_click_date) as last_click_date,
        -- The later of the two; null only where both are.
        coalesce(
            greatest(max(engaged_sends.last_human_open_at), max(engaged_sends.last_human_click_at)),
            max(engaged_sends.last_human_open_at),
            max(engaged_sends.last_human_click_at)
        ) as last_engaged_at,
        max(engaged_sends.last_human_open_date) as last_human_open_date,
        max(engaged_sends.last_human_click_date) as last_human_click_date,
        -- A send's first open and first click count, each once; the weight halves every 30 days.
        {%- set score %}
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
            )
        {%- endset %}
        {{ esputnik.rounded(score) }} as engagement_score
    from engaged_sends
    inner join contacts on engaged_sends.contact_id = contacts.contact_id
    group by contacts.contact_key

),

sent as (

    select
        contacts.contact_key,
        {{ esputnik.count_where(esputnik.in_window('sends.send_date', 1, days_ago)) }} as sends_1d,
        {%- for days in windows %}
        {%- set is_send = esputnik.in_window('sends.send_date', days, days_ago) %}
        {{ esputnik.count_where(is_send) }} as sends_{{ days }}d,
        {%- for channel in channels %}
        {{ esputnik.count_where("sends.channel = '" ~ channel ~ "' and " ~ is_send) }}
            as {{ channel }}_sends_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        {{ esputnik.count_where(
            "sends.channel = 'email' and " ~ esputnik.in_window('sends.delivered_date', var('sunset_days'), days_ago)
        ) }} as emails_before_sunset,
        -- Of people who never opened or clicked, all sends.
        {{ esputnik.count_where(
            'reacted.last_engaged_at is null or sends.first_activity_at > reacted.last_engaged_at'
        ) }} as sends_since_engagement,
        max(sends.delivered_date) as last_delivery_date
    from sends
    inner join contacts on sends.contact_id = contacts.contact_id
    left join reacted on contacts.contact_key = reacted.contact_key
    group by contacts.contact_key

),

final as (

    select
        sent.contact_key,
        sent.sends_1d,
        {%- for days in windows %}
        sent.sends_{{ days }}d,
        coalesce(reacted.opens_{{ days }}d, 0) as opens_{{ days }}d,
        coalesce(reacted.clicks_{{ days }}d, 0) as clicks_{{ days }}d,
        {%- for channel, has_opens in channels.items() %}
        sent.{{ channel }}_sends_{{ days }}d,
        {%- if has_opens %}
        coalesce(reacted.{{ channel }}_opens_{{ days }}d, 0) as {{ channel }}_opens_{{ days }}d,
        {%- endif %}
        coalesce(reacted.{{ channel }}_clicks_{{ days }}d, 0) as {{ channel }}_clicks_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        sent.sends_since_engagement,
        sent.emails_before_sunset,
        coalesce(reacted.engaged_sends_365d, 0) as engaged_sends_365d,
        reacted.last_open_at,
        reacted.last_click_at,
        reacted.last_open_date,
        reacted.last_click_date,
        sent.last_delivery_date,
        reacted.last_engaged_at,
        {{ esputnik.local_date('reacted.last_engaged_at') }} as last_engaged_date,
        reacted.last_human_open_date,
        reacted.last_human_click_date,
        coalesce(reacted.engagement_score, 0) as engagement_score
    from sent
    left join reacted on sent.contact_key = reacted.contact_key

)

select * from final
{%- endmacro %}

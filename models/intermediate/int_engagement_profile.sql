{%- set windows = esputnik.engagement_windows() %}
{%- set channels = esputnik.channel_opens() %}

with

people as (

    select * from {{ ref('int_people') }}

),

engagement as (

    select * from {{ ref('int_engagement') }}

),

tiers as (

    select * from {{ ref('int_engagement_tier') }}

),

preferred_channels as (

    select * from {{ ref('int_preferred_channel') }}

),

best_times as (

    select * from {{ ref('int_best_time') }}

),

final as (

    select
        people.contact_key,

        -- windows, of all channels and of each
        {%- for days in windows %}
        coalesce(engagement.sends_{{ days }}d, 0) as sends_{{ days }}d,
        coalesce(engagement.opens_{{ days }}d, 0) as opens_{{ days }}d,
        coalesce(engagement.clicks_{{ days }}d, 0) as clicks_{{ days }}d,
        {%- for channel, has_opens in channels.items() %}
        coalesce(engagement.{{ channel }}_sends_{{ days }}d, 0) as {{ channel }}_sends_{{ days }}d,
        {%- if has_opens %}
        coalesce(engagement.{{ channel }}_opens_{{ days }}d, 0) as {{ channel }}_opens_{{ days }}d,
        {%- endif %}
        coalesce(engagement.{{ channel }}_clicks_{{ days }}d, 0) as {{ channel }}_clicks_{{ days }}d,
        {%- endfor %}
        {%- endfor %}

        -- where the person stands
        coalesce(tiers.engagement_tier, 'unreached') as engagement_tier,
        coalesce(engagement.engagement_score, 0) as engagement_score,
        coalesce(preferred_channels.preferred_channel, 'none') as preferred_channel,
        best_times.best_send_hour,
        best_times.best_send_weekday,

        -- reactions
        engagement.last_click_at,
        {{ esputnik.days_since('engagement.last_click_date') }} as days_since_last_click,
        engagement.last_open_at,
        {{ esputnik.days_since('engagement.last_open_date') }} as days_since_last_open,
        {{ esputnik.days_since('engagement.last_delivery_date') }} as days_since_last_delivery,
        {{ esputnik.days_since('engagement.last_engaged_date') }} as days_since_last_engagement,

        -- pressure
        coalesce(engagement.sends_1d, 0) as sends_1d,
        coalesce(engagement.sends_since_engagement, 0) as sends_since_engagement,
        {{ esputnik.flag(
            'case when engagement.emails_before_sunset >= ' ~ esputnik.whole_number('sunset_min_emails') ~ ' and not '
            ~ esputnik.in_window('engagement.last_engaged_date', esputnik.whole_number('sunset_days')) ~ ' then 1 end'
        ) }} as is_sunset_candidate
    from people
    left join engagement on people.contact_key = engagement.contact_key
    left join tiers on people.contact_key = tiers.contact_key
    left join preferred_channels on people.contact_key = preferred_channels.contact_key
    left join best_times on people.contact_key = best_times.contact_key

)

select * from final

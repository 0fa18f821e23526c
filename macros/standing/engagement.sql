{#-
    The rule of `int_engagement`: how people had reacted by `as_of`, or by a moment so many days ago.

    Args:
        sends_relation, engaged_sends_relation: the sends, and the reactions to them, as of the same moment.
-#}
{% macro engagement(sends_relation, engaged_sends_relation, days_ago=0) -%}
{%- set windows = esputnik.engagement_windows() -%}
{%- set channels = esputnik.channel_opens() -%}
{%- set sunset_days = esputnik.whole_number('sunset_days') -%}
{%- set int64 = esputnik.contract_type('INT64') -%}
with

sends as (

    select
        contact_id,
        channel,
        first_activity_at,
        send_date,
        -- The last delivery, where a send was delivered again, or what implies one that was not reported. One that bounced
        -- may have a delivery too, but is none.
        case when delivered_at is not null then coalesce(last_delivered_at, delivered_at) end as last_delivery_at
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
-- open lies in it. Counted by contact and channel first, which leaves few rows to be spread over a column a channel.
reacted_by_contact as (

    select
        contact_id,
        channel,
        {%- for days in windows %}
        {{ esputnik.count_where(esputnik.in_window('last_open_date', days, days_ago)) }} as opens_{{ days }}d,
        {{ esputnik.count_where(esputnik.in_window('last_click_date', days, days_ago)) }} as clicks_{{ days }}d,
        {%- endfor %}
        {{ esputnik.count_where(
            esputnik.in_window('last_human_open_date', 365, days_ago)
            ~ ' or ' ~ esputnik.in_window('last_human_click_date', 365, days_ago)
        ) }} as engaged_sends_365d,
        max(last_opened_at) as last_open_at,
        max(last_clicked_at) as last_click_at,
        max(last_open_date) as last_open_date,
        max(last_click_date) as last_click_date,
        max(last_human_open_at) as last_human_open_at,
        max(last_human_click_at) as last_human_click_at,
        max(last_human_open_date) as last_human_open_date,
        max(last_human_click_date) as last_human_click_date,
        -- A send's first open and first click count, each once; the weight halves every 30 days.
        sum(
            {{ var('engagement_open_weight') }} * coalesce(
                power(
                    0.5,
                    {{ esputnik.days_since('first_human_open_date', days_ago) }}
                    / {{ esputnik.whole_number('engagement_half_life_days') }}
                ),
                0
            )
            + {{ var('engagement_click_weight') }} * coalesce(
                power(
                    0.5,
                    {{ esputnik.days_since('first_human_click_date', days_ago) }}
                    / {{ esputnik.whole_number('engagement_half_life_days') }}
                ),
                0
            )
        ) as engagement_score
    from engaged_sends
    group by contact_id, channel

),

reacted as (

    select
        contacts.contact_key,
        {%- for days in windows %}
        cast(sum(reacted_by_contact.opens_{{ days }}d) as {{ int64 }}) as opens_{{ days }}d,
        cast(sum(reacted_by_contact.clicks_{{ days }}d) as {{ int64 }}) as clicks_{{ days }}d,
        {%- for channel, has_opens in channels.items() %}
        {%- set of_channel = "case when reacted_by_contact.channel = '" ~ channel ~ "'" %}
        {%- if has_opens %}
        cast(sum({{ of_channel }} then reacted_by_contact.opens_{{ days }}d else 0 end) as {{ int64 }})
            as {{ channel }}_opens_{{ days }}d,
        {%- endif %}
        cast(sum({{ of_channel }} then reacted_by_contact.clicks_{{ days }}d else 0 end) as {{ int64 }})
            as {{ channel }}_clicks_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        cast(sum(reacted_by_contact.engaged_sends_365d) as {{ int64 }}) as engaged_sends_365d,
        max(reacted_by_contact.last_open_at) as last_open_at,
        max(reacted_by_contact.last_click_at) as last_click_at,
        max(reacted_by_contact.last_open_date) as last_open_date,
        max(reacted_by_contact.last_click_date) as last_click_date,
        {{ esputnik.later_of(
            'max(reacted_by_contact.last_human_open_at)', 'max(reacted_by_contact.last_human_click_at)'
        ) }} as last_engaged_at,
        max(reacted_by_contact.last_human_open_date) as last_human_open_date,
        max(reacted_by_contact.last_human_click_date) as last_human_click_date,
        {{ esputnik.rounded('sum(reacted_by_contact.engagement_score)') }} as engagement_score
    from reacted_by_contact
    inner join contacts on reacted_by_contact.contact_id = contacts.contact_id
    group by contacts.contact_key

),

people as (

    select
        contacts.contact_id,
        reacted.last_engaged_at
    from contacts
    left join reacted on contacts.contact_key = reacted.contact_key

),

sent_by_contact as (

    select
        sends.contact_id,
        sends.channel,
        {%- for days in [1] + windows %}
        {{ esputnik.count_where(esputnik.in_window('sends.send_date', days, days_ago)) }} as sends_{{ days }}d,
        {%- endfor %}
        -- The day is told only of deliveries that may lie in the window: for all of them it takes as long as the rest.
        {{ esputnik.count_where(
            'case when sends.last_delivery_at >= ' ~ esputnik.as_of(days_ago + sunset_days + 1) ~ ' then '
            ~ esputnik.in_window(esputnik.local_date('sends.last_delivery_at'), sunset_days, days_ago) ~ ' end'
        ) }} as delivered_before_sunset,
        -- Of people who never opened or clicked, all sends.
        {{ esputnik.count_where(
            'people.last_engaged_at is null or sends.first_activity_at > people.last_engaged_at'
        ) }} as sends_since_engagement,
        max(sends.last_delivery_at) as last_delivery_at
    from sends
    inner join people on sends.contact_id = people.contact_id
    group by sends.contact_id, sends.channel

),

sent as (

    select
        contacts.contact_key,
        cast(sum(sent_by_contact.sends_1d) as {{ int64 }}) as sends_1d,
        {%- for days in windows %}
        cast(sum(sent_by_contact.sends_{{ days }}d) as {{ int64 }}) as sends_{{ days }}d,
        {%- for channel in channels %}
        cast(sum(
            case when sent_by_contact.channel = '{{ channel }}' then sent_by_contact.sends_{{ days }}d else 0 end
        ) as {{ int64 }}) as {{ channel }}_sends_{{ days }}d,
        {%- endfor %}
        {%- endfor %}
        cast(sum(
            case when sent_by_contact.channel = 'email' then sent_by_contact.delivered_before_sunset else 0 end
        ) as {{ int64 }}) as emails_before_sunset,
        cast(sum(sent_by_contact.sends_since_engagement) as {{ int64 }}) as sends_since_engagement,
        max(sent_by_contact.last_delivery_at) as last_delivery_at
    from sent_by_contact
    inner join contacts on sent_by_contact.contact_id = contacts.contact_id
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
        {{ esputnik.local_date('sent.last_delivery_at') }} as last_delivery_date,
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

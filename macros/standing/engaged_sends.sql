{#-
    The rule of `int_engaged_sends`: who had reacted to which send by `as_of`, or by a moment so many days ago.
-#}
{% macro engaged_sends(days_ago=0) -%}
{%- set moment = esputnik.as_of(days_ago) -%}
{#- Of sends that began on other days nothing is to be looked up. -#}
{%- set changed = esputnik.days_changed_since_as_of('int_daily_send_totals', days_ago) -%}
-- Which days changed since was asked of {{ ref('int_daily_send_totals') }}.
with

settled as (

    select
        send_id,
        contact_id,
        channel,
        last_opened_at,
        last_clicked_at,
        first_human_open_at,
        last_human_open_at,
        first_human_click_at,
        last_human_click_at
    from {{ ref('fct_sends') }}
    where
        {{ esputnik.utc_day_window('send_day', days_ago=days_ago) }}
        and last_response_at <= {{ moment }}

),

-- To what was opened or clicked again since, the reactions until then are looked up.
unsettled as (

    select
        send_id,
        contact_id,
        channel,
        reports_opens
    from {{ ref('fct_sends') }}
    where
        {{ esputnik.in_days('send_day', changed) }}
        and first_response_at <= {{ moment }}
        and last_response_at > {{ moment }}

),

reactions as (

    select
        unsettled.send_id,
        unsettled.contact_id,
        unsettled.channel,
        engagements.activity_at,
        engagements.is_click,
        engagements.is_suspected,
        -- As in fct_sends, by the channel of the send.
        case when engagements.activity_type = 'OPENED' or unsettled.reports_opens = 1 then 1 else 0 end as is_open
    from {{ ref('int_engagements') }} as engagements
    inner join unsettled on engagements.send_id = unsettled.send_id
    where
        {{ esputnik.utc_day_window('engagements.activity_day', days_ago=days_ago) }}
        and {{ "engagements.activity_day >= date '" ~ changed[0] ~ "'" if changed else 'false' }}
        and engagements.activity_at <= {{ moment }}

),

looked_up as (

    select
        send_id,
        contact_id,
        channel,
        max(case when is_open = 1 then activity_at end) as last_opened_at,
        max(case when is_click = 1 then activity_at end) as last_clicked_at,
        min(case when is_open = 1 and is_suspected = 0 then activity_at end) as first_human_open_at,
        max(case when is_open = 1 and is_suspected = 0 then activity_at end) as last_human_open_at,
        min(case when is_click = 1 and is_suspected = 0 then activity_at end) as first_human_click_at,
        max(case when is_click = 1 and is_suspected = 0 then activity_at end) as last_human_click_at
    from reactions
    group by send_id, contact_id, channel

),

sends as (

    select * from settled
    union all
    select * from looked_up

),

final as (

    select
        send_id,
        contact_id,
        channel,
        last_opened_at,
        last_clicked_at,
        last_human_open_at,
        last_human_click_at,
        {{ esputnik.local_date('last_opened_at') }} as last_open_date,
        {{ esputnik.local_date('last_clicked_at') }} as last_click_date,
        {{ esputnik.local_date('first_human_open_at') }} as first_human_open_date,
        {{ esputnik.local_date('last_human_open_at') }} as last_human_open_date,
        {{ esputnik.local_date('first_human_click_at') }} as first_human_click_date,
        {{ esputnik.local_date('last_human_click_at') }} as last_human_click_date
    from sends
    -- A click on a link to unsubscribe is a response, and no engagement where opens are not told of.
    where last_opened_at is not null or last_clicked_at is not null

)

select * from final
{%- endmacro %}

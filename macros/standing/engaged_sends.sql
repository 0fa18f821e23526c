{#-
    The rule of `int_engaged_sends`: who had reacted to which send by `as_of`, or by a moment so many days ago.
-#}
{% macro engaged_sends(days_ago=0) -%}
with

engagements as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day', days_ago=days_ago) }}
        and activity_at <= {{ esputnik.as_of(days_ago) }}
        and (is_open = 1 or is_click = 1)

),

sends as (

    select
        send_id,
        contact_id,
        {{ esputnik.channel_of_send() }} as channel,
        max(case when is_open = 1 then activity_at end) as last_opened_at,
        max(case when is_click = 1 then activity_at end) as last_clicked_at,
        min(case when is_open = 1 and is_suspected = 0 then activity_at end) as first_human_open_at,
        max(case when is_open = 1 and is_suspected = 0 then activity_at end) as last_human_open_at,
        min(case when is_click = 1 and is_suspected = 0 then activity_at end) as first_human_click_at,
        max(case when is_click = 1 and is_suspected = 0 then activity_at end) as last_human_click_at
    from engagements
    group by send_id, contact_id

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

)

select * from final
{%- endmacro %}

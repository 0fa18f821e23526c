{%- set changed = esputnik.days_changed_since_as_of('int_daily_send_totals') %}
{%- set columns %}
        send_day,
        send_date,
        sent_weekday,
        sent_hour,
        broadcast_id,
        message_id,
        message_language_code,
        channel,
        {{ esputnik.send_count_names() | join(',\n        ') }},
        delivered_engaged
{%- endset %}

with

kept as (

    select * from {{ ref('int_daily_send_totals') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and not {{ esputnik.in_days('send_day', changed) }}

),

-- The sends of the few days that something happened to after `as_of` are counted as they stood then.
sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.in_days('send_day', changed) }}

),

counted as (

    select
        {{ esputnik.send_totals() }}
    from sends
    group by 1, 2, 3, 4, 5, 6, 7, 8

),

final as (

    select
        {{ columns }}
    from kept
    union all
    select
        {{ columns }}
    from counted

)

select * from final

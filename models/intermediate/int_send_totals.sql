{%- set changed = esputnik.days_changed_since_as_of('int_daily_send_totals') %}

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

    select {{ esputnik.all_but(['last_activity_at']) }} from kept
    union all
    select * from counted

)

select * from final

{{ config(materialized='table', cluster_by=['contact_key']) }}

with

engagements as (

    select
        *,
        {{ esputnik.iso_weekday('activity_date') }} as activity_weekday
    from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day', esputnik.whole_number('habit_days')) }}
        and {{ esputnik.in_window('activity_date', esputnik.whole_number('habit_days')) }}
        and activity_at <= {{ esputnik.as_of() }}
        and (is_open = 1 or is_click = 1)
        and is_suspected = 0

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

people as (

    select
        contacts.contact_key,
        count(distinct engagements.send_id) as engaged_sends
    from engagements
    inner join contacts on engagements.contact_id = contacts.contact_id
    group by contacts.contact_key

),

{%- for part in ['hour', 'weekday'] %}

{{ part }}s as (

    select
        contacts.contact_key,
        engagements.activity_{{ part }},
        count(*) as engagements_count
    from engagements
    inner join contacts on engagements.contact_id = contacts.contact_id
    group by contacts.contact_key, engagements.activity_{{ part }}

),

best_{{ part }}s as (

    select
        contact_key,
        activity_{{ part }}
    from {{ part }}s
    qualify row_number() over (
        partition by contact_key order by engagements_count desc, activity_{{ part }} asc
    ) = 1

),
{%- endfor %}

final as (

    select
        people.contact_key,
        best_hours.activity_hour as best_send_hour,
        best_weekdays.activity_weekday as best_send_weekday
    from people
    inner join best_hours on people.contact_key = best_hours.contact_key
    inner join best_weekdays on people.contact_key = best_weekdays.contact_key
    -- Two sends say nothing of a habit.
    where people.engaged_sends >= {{ esputnik.whole_number('best_hour_min_sends') }}

)

select * from final

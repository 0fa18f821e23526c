with

engagements as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day', var('habit_days')) }}
        and {{ esputnik.in_window('activity_date', var('habit_days')) }}
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

hours as (

    select
        contacts.contact_key,
        engagements.activity_hour,
        count(*) as engagements_count
    from engagements
    inner join contacts on engagements.contact_id = contacts.contact_id
    group by contacts.contact_key, engagements.activity_hour

),

ranked as (

    select
        contact_key,
        activity_hour,
        row_number() over (partition by contact_key order by engagements_count desc, activity_hour asc) as place
    from hours

),

final as (

    select
        people.contact_key,
        ranked.activity_hour as best_send_hour
    from people
    inner join ranked on people.contact_key = ranked.contact_key
    -- Two sends say nothing of a habit.
    where ranked.place = 1 and people.engaged_sends >= {{ var('best_hour_min_sends') }}

)

select * from final

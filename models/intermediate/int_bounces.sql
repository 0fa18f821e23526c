with

activities as (

    select * from {{ ref('int_activities') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_type = 'UNDELIVERED'

),

classes as (

    select * from {{ ref('bounce_classes') }}

),

texts as (

    select distinct
        status_description,
        -- The enhanced code (5.1.1) tells more than the basic one (550). Neither is part of an address such as 5.1.1.9.
        {{ esputnik.regexp_capture(
            'status_description', '(?:^|[^0-9.])([245][.][0-9]{1,3}[.][0-9]{1,3})[.]?(?:[^0-9.]|$)'
        ) }} as enhanced_code,
        {{ esputnik.regexp_capture('status_description', '^[^0-9]*([245][0-9]{2})(?:[^0-9]|$)') }} as basic_code,
        lower(status_description) as lower_text
    from activities
    where status_description is not null

),

matched as (

    select
        texts.status_description,
        classes.bounce_class,
        row_number() over (partition by texts.status_description order by classes.priority) as place
    from texts
    inner join classes
        on
            (
                classes.match_on = 'smtp_code'
                and (texts.enhanced_code like classes.pattern or texts.basic_code like classes.pattern)
            )
            or (classes.match_on = 'text' and texts.lower_text like classes.pattern)

),

final as (

    select
        activities.contact_id,
        activities.send_id,
        activities.channel,
        activities.activity_at,
        coalesce(matched.bounce_class, 'unknown') as bounce_class
    from activities
    left join matched
        on
            activities.status_description = matched.status_description
            and matched.place = 1

)

select * from final

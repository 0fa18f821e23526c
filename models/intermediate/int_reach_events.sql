-- Built by days. Few activities are here: the many that only tell of a success are read from the sends.
{{
    config(
        materialized='day_overwrite',
        meta={'days_of': 'stg_esputnik__contact_activities', 'day_column': 'activity_day'},
        partition_by=esputnik.partitioned_by_day('activity_day'),
        cluster_by=['channel', 'contact_id'],
    )
}}

with

activities as (

    select
        contact_id,
        send_id,
        activity_type,
        channel,
        status_description,
        activity_at,
        activity_day
    from {{ ref('fct_activities') }}
    where
        {{ esputnik.touched_days() }}
        and (
            activity_type in ('UNDELIVERED', 'UNSUBSCRIBED', 'SPAM', 'PUSH_SUBSCRIBED')
            -- What belongs to no send cannot be found among the sends.
            or (send_id is null and activity_type in ('DELIVERED', 'OPENED', 'CLICKED'))
        )

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
    where
        activity_type = 'UNDELIVERED'
        and status_description is not null

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
                and (
                    {{ esputnik.is_like('texts.enhanced_code', 'classes.pattern') }}
                    or {{ esputnik.is_like('texts.basic_code', 'classes.pattern') }}
                )
            )
            or (classes.match_on = 'text' and {{ esputnik.is_like('texts.lower_text', 'classes.pattern') }})

),

final as (

    select
        activities.contact_id,
        activities.send_id,
        activities.activity_type,
        activities.channel,
        activities.activity_at,
        activities.activity_day,
        case when activities.activity_type = 'UNDELIVERED' then activities.status_description end
            as status_description,
        case when activities.activity_type = 'UNDELIVERED' then coalesce(matched.bounce_class, 'unknown') end
            as bounce_class
    from activities
    left join matched
        on
            activities.status_description = matched.status_description
            and matched.place = 1

)

select * from final

with

sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and channel = 'email'

),

bounces as (

    select * from {{ ref('int_reach_events') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_at <= {{ esputnik.as_of() }}
        and activity_type = 'UNDELIVERED'
        and send_id is not null

),

-- The domain once a contact: an address is taken apart, and contacts are far fewer than sends.
contacts as (

    select
        contact_id,
        coalesce({{ esputnik.regexp_capture('email_address', '@([^@]+)$') }}, 'unknown') as email_domain
    from {{ ref('int_contacts') }}

),

-- A send that failed several times is explained by its last failure.
last_bounces as (

    select
        send_id,
        bounce_class,
        status_description,
        row_number() over (
            partition by send_id order by activity_at desc, status_description desc, bounce_class desc
        ) as place
    from bounces

),

explained as (

    select
        sends.send_date,
        sends.is_delivered,
        sends.is_bounced,
        coalesce(contacts.email_domain, 'unknown') as email_domain,
        case when sends.is_bounced = 1 then last_bounces.bounce_class else 'none' end as bounce_class,
        case when sends.is_bounced = 1 then last_bounces.status_description end as status_description
    from sends
    left join contacts on sends.contact_id = contacts.contact_id
    left join last_bounces
        on
            sends.send_id = last_bounces.send_id
            and last_bounces.place = 1

),

texts as (

    select
        send_date,
        email_domain,
        bounce_class,
        status_description,
        row_number() over (
            partition by send_date, email_domain, bounce_class order by count(*) desc, status_description asc
        ) as place
    from explained
    where status_description is not null
    group by send_date, email_domain, bounce_class, status_description

),

totals as (

    select
        send_date,
        email_domain,
        count(*) as domain_sends
    from explained
    group by send_date, email_domain

),

counted as (

    select
        send_date,
        email_domain,
        bounce_class,
        count(*) as sends,
        {{ esputnik.count_where('is_delivered = 1') }} as delivered
    from explained
    group by send_date, email_domain, bounce_class

),

final as (

    select
        counted.send_date,
        counted.email_domain,
        counted.bounce_class,
        counted.sends,
        counted.delivered,
        totals.domain_sends,
        {{ esputnik.ratio('counted.sends', 'totals.domain_sends') }} as share_of_domain,
        texts.status_description as commonest_text
    from counted
    inner join totals
        on
            counted.send_date = totals.send_date
            and counted.email_domain = totals.email_domain
    left join texts
        on
            counted.send_date = texts.send_date
            and counted.email_domain = texts.email_domain
            and counted.bounce_class = texts.bounce_class
            and texts.place = 1

)

select * from final

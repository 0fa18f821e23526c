{%- set int64 = esputnik.contract_type('INT64') %}

with

sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and channel = 'email'
        and send_date is not null

),

bounces as (

    select * from {{ ref('int_reach_events') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_at <= {{ esputnik.as_of() }}
        and activity_type = 'UNDELIVERED'
        and send_id is not null

),

contacts as (

    select * from {{ ref('int_contacts') }}

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
        last_bounces.status_description,
        coalesce(contacts.email_domain, 'unknown') as email_domain,
        case when sends.is_bounced = 1 then last_bounces.bounce_class else 'none' end as bounce_class
    from sends
    left join contacts on sends.contact_id = contacts.contact_id
    -- Few sends bounced: the others are not looked up.
    left join last_bounces
        on
            case when sends.is_bounced = 1 then sends.send_id end = last_bounces.send_id
            and last_bounces.place = 1

),

-- Every text of a class once, from which all else follows: BigQuery reads the sends anew for every look at them.
by_text as (

    select
        send_date,
        email_domain,
        bounce_class,
        status_description,
        count(*) as sends,
        {{ esputnik.count_where('is_delivered = 1') }} as delivered
    from explained
    group by send_date, email_domain, bounce_class, status_description

),

placed as (

    select
        *,
        row_number() over (
            partition by send_date, email_domain, bounce_class
            order by case when status_description is null then 1 else 0 end, sends desc, status_description asc
        ) as place
    from by_text

),

counted as (

    select
        send_date,
        email_domain,
        bounce_class,
        cast(sum(sends) as {{ int64 }}) as sends,
        cast(sum(delivered) as {{ int64 }}) as delivered,
        max(case when place = 1 then status_description end) as commonest_text
    from placed
    group by send_date, email_domain, bounce_class

),

totals as (

    select
        *,
        cast(sum(sends) over (partition by send_date, email_domain) as {{ int64 }}) as domain_sends
    from counted

),

final as (

    select
        send_date,
        email_domain,
        bounce_class,
        sends,
        delivered,
        domain_sends,
        {{ esputnik.ratio('sends', 'domain_sends') }} as share_of_domain,
        commonest_text
    from totals

)

select * from final

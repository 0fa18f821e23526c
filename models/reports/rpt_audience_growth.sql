with

people as (

    select * from {{ ref('dim_people') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

reach_events as (

    select
        contact_id,
        activity_type,
        {{ esputnik.local_date('activity_at') }} as activity_date
    from {{ ref('int_reach_events') }}
    where
        {{ esputnik.utc_day_window('activity_day') }}
        and activity_at <= {{ esputnik.as_of() }}
        and (activity_type in ('UNSUBSCRIBED', 'SPAM') or bounce_class = 'hard')

),

-- Each person leaves once in each way, and is lost with the first of them.
losses as (

    select
        contacts.contact_key,
        min(case when reach_events.activity_type = 'UNSUBSCRIBED' then reach_events.activity_date end)
            as unsubscribed_date,
        min(case when reach_events.activity_type = 'SPAM' then reach_events.activity_date end) as complained_date,
        min(case when reach_events.activity_type <> 'UNDELIVERED' then reach_events.activity_date end)
            as objected_date,
        min(case when reach_events.activity_type = 'UNDELIVERED' then reach_events.activity_date end)
            as hard_bounced_date,
        min(reach_events.activity_date) as lost_date
    from reach_events
    inner join contacts on reach_events.contact_id = contacts.contact_id
    group by contacts.contact_key

),

moves as (

    select
        contact_key,
        'created' as move,
        signed_up_date as move_date
    from people
    {%- for move in ['unsubscribed', 'complained', 'objected', 'hard_bounced', 'lost'] %}
    union all
    select
        contact_key,
        '{{ move }}' as move,
        {{ move }}_date as move_date
    from losses
    {%- endfor %}

),

counted as (

    select
        moves.move_date as audience_date,
        coalesce(people.signup_source, 'unknown') as signup_source,
        coalesce(people.language_code, 'unknown') as language_code,
        {%- for move in ['created', 'unsubscribed', 'complained', 'objected', 'hard_bounced', 'lost'] %}
        {{ esputnik.count_where("moves.move = '" ~ move ~ "'") }} as {{ move }}{{ ',' if not loop.last }}
        {%- endfor %}
    from moves
    inner join people on moves.contact_key = people.contact_key
    where moves.move_date is not null
    group by 1, 2, 3

),

final as (

    select
        audience_date,
        signup_source,
        language_code,
        created,
        unsubscribed,
        complained,
        objected,
        hard_bounced,
        lost,
        created - lost as net
    from counted

)

select * from final

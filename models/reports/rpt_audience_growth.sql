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
    group by 1

),

ways as (

    {%- for way in ['unsubscribed', 'complained', 'objected', 'hard_bounced', 'lost'] %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select '{{ way }}' as move
    {%- endfor %}

),

moves as (

    select
        contact_key,
        'created' as move,
        signed_up_date as move_date
    from people
    union all
    select
        losses.contact_key,
        ways.move,
        case ways.move
            when 'unsubscribed' then losses.unsubscribed_date
            when 'complained' then losses.complained_date
            when 'objected' then losses.objected_date
            when 'hard_bounced' then losses.hard_bounced_date
            when 'lost' then losses.lost_date
        end as move_date
    from losses
    cross join ways

),

counted as (

    select
        moves.move_date as audience_date,
        coalesce(people.signup_source, 'unknown') as signup_source,
        coalesce(people.language_code, 'unknown') as language_code,
        {{ esputnik.count_where("moves.move = 'created'") }} as created,
        {{ esputnik.count_where("moves.move = 'unsubscribed'") }} as unsubscribed,
        {{ esputnik.count_where("moves.move = 'complained'") }} as complained,
        {{ esputnik.count_where("moves.move = 'objected'") }} as objected,
        {{ esputnik.count_where("moves.move = 'hard_bounced'") }} as hard_bounced,
        {{ esputnik.count_where("moves.move = 'lost'") }} as lost
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

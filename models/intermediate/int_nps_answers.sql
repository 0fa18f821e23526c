{{ config(materialized='table') }}

{%- set source = esputnik.nps_source() -%}
{#- Thirteen months: the running one and a year before it. -#}
{%- set first_month = esputnik.add_to_date(esputnik.month_start(esputnik.as_of_date()), -12, 'month') -%}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

events as (

    select * from {{ ref('fct_events') }}
    where
        {{ esputnik.utc_day_window('occurred_day', 400) }}
        and occurred_date >= {{ first_month }}
        and event_type_key = {{ esputnik.text_literal(source.get('event_type_key') or '') }}

),

clicks as (

    select
        *,
        {{ esputnik.unix_micros('activity_at') }} as activity_micros
    from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day', 400) }}
        and activity_date >= {{ first_month }}
        and activity_at <= {{ esputnik.as_of() }}
        {%- if source.get('link_pattern') %}
        and is_click = 1
        {%- else %}
        and false
        {%- endif %}

),

event_answers as (

    select
        'event' as answer_source,
        contact_key,
        occurred_date as answer_date,
        occurred_at as answered_at,
        {{ esputnik.safe_cast(
            esputnik.regexp_capture(
                esputnik.event_parameter('params_json', source.get('parameter') or 'score'), '^([0-9]+)$'
            ),
            esputnik.contract_type('INT64')
        ) }} as score
    from events

),

click_scores as (

    select
        send_id,
        channel,
        contact_id,
        activity_date,
        activity_at,
        activity_micros,
        {{ esputnik.safe_cast(
            esputnik.regexp_capture('click_event_link', source.get('link_pattern') or '([0-9]+)'),
            esputnik.contract_type('INT64')
        ) }} as score
    from clicks

),

-- Nobody gives several scores within a minute but a scanner that tries every link.
compared as (

    select
        *,
        min(score) over (
            partition by send_id order by activity_micros
            range between 60000000 preceding and 60000000 following
        ) as lowest_nearby,
        max(score) over (
            partition by send_id order by activity_micros
            range between 60000000 preceding and 60000000 following
        ) as highest_nearby
    from click_scores
    where score between 0 and 10

),

click_answers as (

    select
        compared.channel as answer_source,
        contacts.contact_key,
        compared.activity_date as answer_date,
        compared.activity_at as answered_at,
        compared.score
    from compared
    left join contacts on compared.contact_id = contacts.contact_id
    where compared.lowest_nearby = compared.highest_nearby

),

final as (

    select * from event_answers
    where score between 0 and 10
    union all
    select * from click_answers

)

select * from final

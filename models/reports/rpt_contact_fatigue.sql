with

contacts as (

    select * from {{ ref('int_contacts') }}

),

sends as (

    select
        *,
        {{ esputnik.add_to_date('send_date', '1 - (' ~ esputnik.iso_weekday('send_date') ~ ')', 'day') }} as week_start
    from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day', 7 * (esputnik.whole_number('fatigue_weeks') + 1)) }}
        and send_date >= {{ esputnik.as_of_week(esputnik.whole_number('fatigue_weeks')) }}
        -- Who has had one message by Tuesday may have five by Sunday: the week that runs is left out.
        and send_date < {{ esputnik.as_of_week() }}
        and contact_id is not null

),

contact_weeks as (

    select
        contact_id,
        week_start,
        {{ esputnik.send_counts() }}
    from sends
    group by contact_id, week_start

),

bucketed as (

    select
        contact_weeks.*,
        contacts.contact_key,
        case
            when contact_weeks.sends <= 3 then contact_weeks.sends
            when contact_weeks.sends <= 5 then 4
            when contact_weeks.sends <= 7 then 6
            else 8
        end as sends_from
    from contact_weeks
    left join contacts on contact_weeks.contact_id = contacts.contact_id

),

counted as (

    select
        sends_from,
        count(*) as contact_weeks,
        {{ esputnik.summed_send_counts() }},
        {{ esputnik.count_where('unsubscribed > 0') }} as weeks_unsubscribed,
        count(distinct contact_key) as people
    from bucketed
    group by sends_from

),

final as (

    select
        sends_from,
        case sends_from
            when 4 then '4-5'
            when 6 then '6-7'
            when 8 then '8+'
            else cast(sends_from as {{ dbt.type_string() }})
        end as sends_a_week,
        contact_weeks,
        people,
        sends,
        delivered,
        delivered_telling_opens,
        opened,
        opened_telling_opens,
        clicked,
        unsubscribed,
        complained,
        suspected_opens,
        suspected_clicks,
        weeks_unsubscribed,
        {%- for rate, hits, trials in [
            ('open_rate', 'opened_telling_opens', 'delivered_telling_opens'),
            ('click_rate', 'clicked', 'delivered'),
            ('unsubscribe_rate', 'unsubscribed', 'delivered'),
        ] %}
        {{ esputnik.ratio(hits, trials) }} as {{ rate }},
        {{ esputnik.rounded(esputnik.wilson(hits, trials, -1), 4) }} as {{ rate }}_low,
        {{ esputnik.rounded(esputnik.wilson(hits, trials, 1), 4) }} as {{ rate }}_high,
        {%- endfor %}
        {{ esputnik.ratio('weeks_unsubscribed', 'contact_weeks') }} as week_unsubscribe_rate,
        {{ esputnik.rounded(esputnik.wilson('weeks_unsubscribed', 'contact_weeks', -1), 4) }}
            as week_unsubscribe_rate_low,
        {{ esputnik.rounded(esputnik.wilson('weeks_unsubscribed', 'contact_weeks', 1), 4) }}
            as week_unsubscribe_rate_high
    from counted

)

select * from final

{%- set windows = [7, 30, 90] %}

with

people as (

    select * from {{ ref('dim_people') }}
    where signed_up_date is not null

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

journeys as (

    select
        {{ esputnik.month_start('people.signed_up_date') }} as signup_month,
        coalesce(people.signup_source, 'unknown') as signup_source,
        case when purchases.first_order_date < people.signed_up_date then 1 else 0 end as bought_before,
        case
            when purchases.first_order_date >= people.signed_up_date
                then {{ esputnik.days_between('people.signed_up_date', 'purchases.first_order_date') }}
        end as days_to_first_order
    from people
    left join purchases on people.contact_key = purchases.contact_key

),

measured as (

    select
        *,
        {{ esputnik.percentile('days_to_first_order', 0.5, 'signup_month, signup_source') }}
            as median_days_to_first_order
    from journeys

),

counted as (

    select
        signup_month,
        signup_source,
        {{ esputnik.add_to_date('signup_month', 1, 'month') }} as next_month,
        count(*) as people,
        {{ esputnik.count_where('bought_before = 1') }} as bought_before_signup,
        {{ esputnik.count_where('bought_before = 0') }} as new_people,
        count(days_to_first_order) as converted,
        {%- for days in windows %}
        {{ esputnik.count_where('days_to_first_order <= ' ~ days) }} as converted_{{ days }}d,
        {%- endfor %}
        max(median_days_to_first_order) as median_days_to_first_order
    from measured
    group by signup_month, signup_source

),

final as (

    select
        signup_month,
        signup_source,
        people,
        bought_before_signup,
        new_people,
        converted,
        {%- for days in windows %}
        converted_{{ days }}d,
        {%- endfor %}
        {{ esputnik.ratio('converted', 'new_people') }} as conversion_rate,
        {%- for days in windows %}
        -- Not before the last who signed up in the month has had the time.
        case
            when {{ esputnik.add_to_date('next_month', days, 'day') }} <= {{ esputnik.as_of_date() }}
                then {{ esputnik.ratio('converted_' ~ days ~ 'd', 'new_people') }}
        end as conversion_rate_{{ days }}d,
        {%- endfor %}
        median_days_to_first_order
    from counted

)

select * from final

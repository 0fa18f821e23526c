{%- set float = esputnik.contract_type('FLOAT64') %}
{%- set z = esputnik.z_of_95() %}

with

holdouts as (

    select * from {{ ref('holdouts') }}
    where since_date <= {{ esputnik.as_of_date() }}

),

people as (

    select * from {{ ref('dim_people') }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1 and contact_key is not null

),

-- Who came later was not there to be held out, and may have come because of what was sent.
members as (

    select
        holdouts.holdout_name,
        holdouts.since_date,
        coalesce(holdouts.until_date, {{ esputnik.as_of_date() }}) as until_date,
        people.contact_key,
        case when people.random_bucket between holdouts.bucket_from and holdouts.bucket_to then 1 else 0 end
            as is_held_out
    from holdouts
    inner join people on holdouts.since_date > people.signed_up_date

),

-- Whether they were there before a hold-out began is not known: in neither group.
undated as (

    select count(*) as people_undated from people
    where signed_up_date is null

),

bought as (

    select
        members.holdout_name,
        members.contact_key,
        members.is_held_out,
        count(orders.order_id) as orders,
        sum({{ esputnik.in_account_currency('total_cost', 'orders') }}) as revenue
    from members
    left join orders
        on
            members.contact_key = orders.contact_key
            and orders.order_date between members.since_date and members.until_date
    group by members.holdout_name, members.contact_key, members.is_held_out

),

measured as (

    select
        holdout_name,
        is_held_out,
        'orders' as measure,
        cast(orders as {{ float }}) as amount
    from bought
    union all
    select
        holdout_name,
        is_held_out,
        'revenue' as measure,
        cast(revenue as {{ float }}) as amount
    from bought

),

compared as (

    select
        holdout_name,
        measure,
        {{ esputnik.count_where('is_held_out = 1') }} as people_held_out,
        {{ esputnik.count_where('is_held_out = 0') }} as people_rest,
        avg(case when is_held_out = 1 then amount end) as per_person_held_out,
        avg(case when is_held_out = 0 then amount end) as per_person_rest,
        var_samp(case when is_held_out = 1 then amount end) as variance_held_out,
        var_samp(case when is_held_out = 0 then amount end) as variance_rest
    from measured
    group by holdout_name, measure

),

-- Welch's standard error; in groups of hundreds his t distribution is as good as normal.
estimated as (

    select
        *,
        per_person_rest - per_person_held_out as difference,
        sqrt(
            {{ esputnik.ratio('variance_held_out', 'people_held_out') }}
            + {{ esputnik.ratio('variance_rest', 'people_rest') }}
        ) as standard_error
    from compared

),

final as (

    select
        estimated.holdout_name,
        estimated.measure,
        holdouts.bucket_from,
        holdouts.bucket_to,
        holdouts.since_date,
        holdouts.until_date,
        estimated.people_held_out,
        estimated.people_rest,
        undated.people_undated,
        {{ esputnik.rounded('estimated.per_person_held_out', 4) }} as per_person_held_out,
        {{ esputnik.rounded('estimated.per_person_rest', 4) }} as per_person_rest,
        {{ esputnik.rounded('estimated.difference', 4) }} as difference,
        {{ esputnik.rounded('estimated.difference - ' ~ z ~ ' * estimated.standard_error', 4) }} as difference_low,
        {{ esputnik.rounded('estimated.difference + ' ~ z ~ ' * estimated.standard_error', 4) }} as difference_high,
        {{ esputnik.rounded(esputnik.ratio('estimated.difference', 'estimated.per_person_held_out'), 4) }} as lift,
        {{ esputnik.rounded('estimated.difference * estimated.people_rest') }} as gained
    from estimated
    inner join holdouts on estimated.holdout_name = holdouts.holdout_name
    cross join undated

)

select * from final

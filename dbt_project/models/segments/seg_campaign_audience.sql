with

profiles as (

    select * from {{ ref('esputnik', 'seg_contact_profile') }}

),

carts as (

    select * from {{ ref('esputnik', 'seg_abandoned_cart') }}

),

engagement as (

    select * from {{ ref('esputnik', 'seg_engagement') }}

),

judged as (

    select
        profiles.email,
        -- Whoever left a cart may be overdue too: the cart comes first, and sunset people get nothing else.
        {{ esputnik.first_audience([
            ('open_cart', 'carts.hours_since_cart <= 72'),
            ('sunset', 'engagement.is_sunset_candidate = 1'),
            ('overdue_regular', 'profiles.orders_count >= 3 and profiles.overdue_days between 1 and 60'),
            ('newcomer', "profiles.lifecycle_stage = 'new'"),
        ]) }} as audience,
        -- One in ten is left alone, always the same people, so that the campaign's effect can be measured.
        case when profiles.random_bucket < 1000 then 1 else 0 end as is_held_out
    from profiles
    left join carts on profiles.email = carts.email
    left join engagement on profiles.email = engagement.email
    where profiles.reachable_email = 1

)

select
    email,
    audience,
    cast(is_held_out as {{ esputnik.contract_type('INT64') }}) as is_held_out
from judged
where audience <> 'none'

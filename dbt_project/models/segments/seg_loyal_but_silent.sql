with

profiles as (

    select * from {{ ref('esputnik', 'seg_contact_profile') }}

)

select
    email,
    orders_count,
    revenue,
    days_since_last_order,
    last_click_at
from profiles
where
    orders_count >= 3
    and engagement_tier in ('dormant', 'inactive', 'never')

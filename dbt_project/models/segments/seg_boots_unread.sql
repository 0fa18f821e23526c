with

items as (

    select * from {{ ref('esputnik', 'fct_order_items') }}
    where is_valid = 1 and contact_key is not null

),

engagement as (

    select * from {{ ref('esputnik', 'seg_engagement') }}

),

-- The export has no categories of products; their names do.
boots as (

    select
        contact_key,
        max(order_date) as last_boots_date
    from items
    where lower(product_name) like '%boots%'
    group by contact_key

)

select
    engagement.email,
    boots.last_boots_date,
    engagement.days_since_last_open,
    engagement.best_send_hour
from boots
inner join engagement on boots.contact_key = engagement.email
where engagement.opens_30d = 0

with

orders as (

    select * from {{ ref('esputnik', 'stg_esputnik__orders') }}

),

contacts as (

    select * from {{ ref('esputnik', 'stg_esputnik__contacts') }}

)

select
    contacts.city,
    count(*) as orders_count,
    count(distinct orders.contact_id) as contacts_count
from orders
inner join contacts on orders.contact_id = contacts.contact_id
where contacts.city is not null
group by contacts.city

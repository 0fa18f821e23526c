-- Every customer is in one cell of the RFM grid, with all of their orders, and came from one segment.
with

customers as (

    select
        count(*) as customers,
        sum(orders_count) as orders
    from {{ ref('int_purchases') }}

),

segments as (

    select
        sum(people) as customers,
        sum(orders) as orders
    from {{ ref('rpt_rfm') }}

),

moves as (

    select
        sum(people) as customers,
        sum(case when previous_rfm_segment <> 'none' then people else 0 end) as previous_customers
    from {{ ref('rpt_rfm_migration') }}

),

previous_customers as (

    select count(*) as customers
    from {{ ref('int_purchases_previous') }}

)

select
    customers.customers,
    segments.customers as customers_in_segments,
    moves.customers as customers_in_moves,
    customers.orders,
    segments.orders as orders_in_segments,
    previous_customers.customers as previous_customers,
    moves.previous_customers as previous_customers_in_moves
from customers
cross join segments
cross join moves
cross join previous_customers
where
    customers.customers <> coalesce(segments.customers, 0)
    or customers.customers <> coalesce(moves.customers, 0)
    or coalesce(customers.orders, 0) <> coalesce(segments.orders, 0)
    or previous_customers.customers <> coalesce(moves.previous_customers, 0)

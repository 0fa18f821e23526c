-- Every model hands out each valid order once and completely: no order counts twice, none in part, no money is lost.
with

orders as (

    select
        order_id,
        total_cost
    from {{ ref('fct_orders') }}
    where is_valid = 1

),

models as (

    select distinct attribution_model from {{ ref('fct_attribution') }}

),

credited as (

    select
        attribution_model,
        order_id,
        sum(credit) as credit,
        sum(revenue) as revenue
    from {{ ref('fct_attribution') }}
    group by attribution_model, order_id

)

select
    models.attribution_model,
    orders.order_id,
    credited.credit,
    credited.revenue,
    orders.total_cost
from orders
cross join models
left join credited
    on
        models.attribution_model = credited.attribution_model
        and orders.order_id = credited.order_id
where coalesce(credited.credit, 0) <> 1 or coalesce(credited.revenue, 0) <> orders.total_cost

-- The messages that the platform credits with an order share it completely: no order counts twice, none in part.
select
    order_id,
    sum(credit) as credited
from {{ ref('int_attribution_platform') }}
group by order_id
having sum(credit) <> 1

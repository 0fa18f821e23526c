select
    {{ esputnik.contact_key_column() }},
    row_rank,
    order_id,
    external_order_id,
    order_status,
    order_at,
    days_since_order,
    total_cost,
    discount,
    currency,
    order_quantity,
    delivery_method,
    payment_method
from {{ ref('int_recent_orders') }}

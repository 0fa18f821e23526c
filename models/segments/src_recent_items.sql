select
    {{ esputnik.contact_key_column() }},
    row_rank,
    product_id,
    product_name,
    product_url,
    image_url,
    product_price,
    currency,
    order_id,
    order_at,
    days_since_order,
    times_bought
from {{ ref('int_recent_items') }}

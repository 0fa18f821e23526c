select
    {{ esputnik.contact_key_column() }},
    cart_id,
    external_cart_id,
    cart_at,
    days_since_cart,
    hours_since_cart,
    cart_value,
    cart_currency,
    cart_lines,
    cart_quantity,
    product_id,
    product_name,
    product_url,
    image_url,
    product_price
from {{ ref('int_abandoned_carts') }}

select
    {{ esputnik.contact_key_column() }},
    favourite_product_id,
    favourite_product_name,
    favourite_product_orders,
    products_bought,
    highest_order_value,
    last_order_value,
    median_order_value,
    discounted_share,
    favourite_category,
    favourite_category_views,
    last_viewed_product_id,
    last_viewed_product_name,
    last_viewed_at,
    days_since_last_view,
    views_30d,
    is_viewed_not_bought
from {{ ref('int_product_interest') }}

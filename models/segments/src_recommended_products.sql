select
    {{ esputnik.contact_key_column() }},
    row_rank,
    product_id,
    product_name,
    product_url,
    image_url,
    because_of_product_id,
    because_of_product_name,
    confidence
from {{ ref('int_recommended_products') }}

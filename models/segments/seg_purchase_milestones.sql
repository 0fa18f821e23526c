select
    {{ esputnik.contact_key_column() }},
    orders_count,
    milestone,
    milestone_at,
    days_since_milestone,
    is_milestone_today,
    is_milestone_recent,
    next_milestone,
    orders_to_next_milestone,
    last_order_at,
    days_since_last_order
from {{ ref('int_purchase_milestones') }}

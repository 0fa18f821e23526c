select
    {{ esputnik.contact_key_column() }},
    p_alive,
    has_p_alive,
    orders_count,
    revenue,
    last_order_at,
    days_since_last_order,
    average_days_between_orders,
    expected_next_order_at,
    days_to_expected_order,
    overdue_days,
    is_overdue,
    gaps_since_last_order
from {{ ref('int_purchase_rhythm') }}

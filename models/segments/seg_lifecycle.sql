select
    {{ esputnik.contact_key_column() }},
    lifecycle_stage,
    stage_since,
    days_in_stage,
    previous_lifecycle_stage,
    has_changed_stage,
    is_win_back_candidate,
    last_order_at,
    days_since_last_order
from {{ ref('int_lifecycle_profile') }}

select
    {{ esputnik.contact_key_column() }},
    rfm_recency,
    rfm_frequency,
    rfm_monetary,
    rfm_segment,
    previous_rfm_recency,
    previous_rfm_frequency,
    previous_rfm_segment,
    has_moved_up,
    has_moved_down,
    engagement_recency,
    engagement_frequency,
    engagement_segment
from {{ ref('int_rfm_profile') }}

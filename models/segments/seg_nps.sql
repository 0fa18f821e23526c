select
    {{ esputnik.contact_key_column() }},
    nps_score,
    nps_group,
    nps_source,
    answered_at,
    days_since_answer,
    previous_nps_score
from {{ ref('int_nps_profile') }}

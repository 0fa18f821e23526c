select
    {{ esputnik.contact_key_column() }},
    row_rank,
    code,
    expires_on,
    days_to_expiry,
    description
from {{ ref('int_personal_codes') }}

select
    {{ esputnik.contact_key_column() }},
    reachable_email,
    email_block_reason,
    reachable_email_triggered,
    email_triggered_block_reason,
    reachable_sms,
    sms_block_reason,
    reachable_viber,
    viber_block_reason,
    reachable_web_push,
    web_push_block_reason,
    reachable_mobile_push,
    mobile_push_block_reason,
    reachable_push,
    reachable_channels
from {{ ref('int_reachability') }}

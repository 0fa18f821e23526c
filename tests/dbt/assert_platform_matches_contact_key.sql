{{ config(severity='warn') }}
{%- do ref('seg_contact_profile') %}

-- The platform's connectors match contacts by e-mail, phone, external id or an additional field, and not by their
-- number: views keyed on it are for dashboards.
select key_name
from (select '{{ esputnik.contact_key_name() }}' as key_name) as keyed
where key_name = 'contact_id'

{{ config(enabled=var('contact_attributes', []) | length > 0) }}

select
    {{ esputnik.contact_key_column() }}
    {%- for entry in esputnik.contact_attributes() %}
    {%- for column in entry['columns'] %},
    {{ column.name }}
    {%- endfor %}
    {%- endfor %}
from {{ ref('int_contact_attributes') }}

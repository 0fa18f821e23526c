{{ config(severity='warn', enabled=var('contact_attributes', []) | length > 0) }}
{%- do ref('int_contact_attributes') %}

-- Values of var `contact_attributes` that are not of the type that it says, and rows without a key: they are left out of
-- seg_contact_attributes.
{%- for entry in esputnik.contact_attributes() %}
{%- set table = esputnik.attribute_table(entry) if execute else {'relation': 'nothing', 'expressions': {}} %}
{%- set key = esputnik.normalised_key(table.expressions.key, esputnik.contact_key_source()) %}
{%- set last = loop.last %}
{%- for column in [{'name': entry.key, 'column': entry.key, 'unread': key ~ ' is null'}] + entry['columns'] %}
{%- set quoted = adapter.quote(column.column) %}
select
    '{{ entry.table }}' as table_name,
    '{{ column.name }}' as column_name,
    count(*) as values_left_out
from {{ table.relation }}
where {{ column.unread or quoted ~ ' is not null and ' ~ table.expressions[column.name] ~ ' is null' }}
having count(*) > 0
{{ 'union all' if not (last and loop.last) }}
{%- endfor %}
{%- endfor %}

{%- set kind = esputnik.contact_key_source() -%}
{%- set text = dbt.type_string() -%}

with

orders as (

    select * from {{ ref('int_orders') }}

),

order_fields as (

    select * from {{ ref('stg_esputnik__orders') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

people as (

    select * from {{ ref('int_people') }}

),

source_keys as (

    select * from {{ ref('int_source_keys') }}
    where is_on_platform = 0

),

-- Orders of no known contact; whoever is a contact is on the platform, whatever address an order of theirs bears.
strangers_orders as (

    select
        orders.order_id,
        orders.order_at,
        orders.is_valid,
        case when orders.contact_id is not null then 1 else 0 end as was_contact,
        orders.email_address,
        {{ esputnik.normalised_key('order_fields.phone', 'sms') }} as phone_number,
        nullif({{ esputnik.trim_blanks('order_fields.first_name') }}, '') as first_name,
        nullif({{ esputnik.trim_blanks('order_fields.last_name') }}, '') as last_name
    from orders
    inner join order_fields on orders.order_id = order_fields.order_id
    left join contacts on orders.contact_id = contacts.contact_id
    where contacts.contact_id is null

),

-- An order tells e-mail and phone, so by other keys its buyer cannot be found.
keyed_orders as (

    select
        *,
        {{ {'email': 'email_address', 'sms': 'phone_number'}.get(kind, 'cast(null as ' ~ text ~ ')') }} as contact_key
    from strangers_orders

),

latest_orders as (

    select *
    from keyed_orders
    where contact_key is not null
    qualify row_number() over (partition by contact_key order by order_at desc, order_id desc) = 1

),

buyers as (

    select
        contact_key,
        {{ esputnik.count_where('is_valid = 1') }} as orders_count,
        max(was_contact) as was_contact
    from keyed_orders
    where contact_key is not null
    group by contact_key

),

keys_in_sources as (

    select
        contact_key,
        count(*) as sources_count
    from source_keys
    group by contact_key

),

all_keys as (

    select contact_key from buyers
    union distinct
    select contact_key from keys_in_sources

),

final as (

    select
        all_keys.contact_key,
        '{{ kind }}' as key_field,
        {{ 'all_keys.contact_key' if kind == 'email' else 'latest_orders.email_address' }} as email_address,
        {{ 'all_keys.contact_key' if kind == 'sms' else 'latest_orders.phone_number' }} as phone_number,
        latest_orders.first_name,
        latest_orders.last_name,
        coalesce(buyers.orders_count, 0) as orders_count,
        latest_orders.order_at as last_order_at,
        coalesce(keys_in_sources.sources_count, 0) as sources_count,
        coalesce(buyers.was_contact, 0) as was_contact,
        case when {{ esputnik.is_malformed_key('all_keys.contact_key', kind) }} then 1 else 0 end as is_malformed
    from all_keys
    left join people on all_keys.contact_key = people.contact_key
    left join buyers on all_keys.contact_key = buyers.contact_key
    left join latest_orders on all_keys.contact_key = latest_orders.contact_key
    left join keys_in_sources on all_keys.contact_key = keys_in_sources.contact_key
    where people.contact_key is null

)

select * from final

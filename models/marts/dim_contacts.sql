{{ config(cluster_by=['contact_id']) }}

with

contacts as (

    select * from {{ ref('stg_esputnik__contacts') }}

),

keyed as (

    select * from {{ ref('int_contacts') }}

),

people as (

    select * from {{ ref('int_people') }}

),

final as (

    select
        keyed.contact_id,
        keyed.contact_key,
        case when people.contact_id is not null then 1 else 0 end as describes_person,
        contacts.external_customer_id,

        keyed.email_address,
        keyed.email_domain,
        contacts.email_status,
        keyed.phone_number,
        contacts.first_name,
        contacts.last_name,
        contacts.language_code,
        contacts.contact_source,
        {%- for column in esputnik.list_of_texts('contact_extra_columns') %}
        contacts.{{ esputnik.snake_case(column) }},
        {%- endfor %}

        contacts.created_at,
        {{ esputnik.local_date('contacts.created_at') }} as created_date,
        keyed.seen_at
    from keyed
    inner join contacts on keyed.contact_id = contacts.contact_id
    left join people on keyed.contact_id = people.contact_id

)

select * from final

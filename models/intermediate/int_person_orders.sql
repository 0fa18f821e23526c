with

orders as (

    select * from {{ ref('int_orders') }}
    where is_valid = 1

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

people as (

    select * from {{ ref('int_people') }}

),

keyed as (

    select
        orders.*,
        {%- if esputnik.contact_key_source() == 'email' %}
        -- An order without a contact belongs to the person of its e-mail.
        case when orders.contact_id is null then orders.email_address else contacts.contact_key end as contact_key
        {%- else %}
        contacts.contact_key
        {%- endif %}
    from orders
    left join contacts on orders.contact_id = contacts.contact_id

),

final as (

    select
        keyed.contact_key,
        keyed.order_id,
        keyed.order_at,
        keyed.order_date,
        keyed.is_delivered,
        keyed.currency,
        keyed.total_cost,
        -- Amounts in different currencies are never added.
        case when keyed.currency = '{{ var("account_currency") }}' then 1 else 0 end as is_in_account_currency
    from keyed
    inner join people on keyed.contact_key = people.contact_key

)

select * from final

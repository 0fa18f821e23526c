{{ config(cluster_by=['contact_key']) }}

with

orders as (

    select * from {{ ref('int_orders') }}

),

details as (

    select * from {{ ref('stg_esputnik__orders') }}

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

owned as (

    select
        keyed.order_id,
        keyed.external_order_id,
        keyed.contact_id,
        people.contact_key,
        keyed.order_status,
        keyed.is_valid,
        keyed.is_delivered,
        keyed.is_cart,
        keyed.currency,
        keyed.total_cost,
        keyed.order_at,
        keyed.order_date
    from keyed
    left join people on keyed.contact_key = people.contact_key

),

-- Only valid orders of a known person have a number; all others share one partition that nobody reads.
numbered as (

    select
        *,
        case when is_valid = 1 and contact_key is not null then 1 else 0 end as is_numbered,
        row_number() over (
            partition by contact_key, is_valid order by order_at, order_id
        ) as order_number,
        lag(order_date) over (
            partition by contact_key, is_valid order by order_at, order_id
        ) as previous_order_date
    from owned

),

final as (

    select
        numbered.order_id,
        numbered.external_order_id,
        numbered.contact_id,
        numbered.contact_key,

        numbered.order_status,
        numbered.is_valid,
        numbered.is_delivered,
        numbered.is_cart,

        numbered.currency,
        -- Amounts in different currencies are never added.
        case when numbered.currency = '{{ esputnik.account_currency() }}' then 1 else 0 end as is_in_account_currency,
        numbered.total_cost,
        {{ esputnik.money_of_float('details.discount') }} as discount,

        case when numbered.is_numbered = 1 then numbered.order_number end as order_number,
        case when numbered.is_numbered = 1 and numbered.order_number = 1 then 1 else 0 end as is_first_order,
        case
            when numbered.is_numbered = 1
                then {{ esputnik.days_between('numbered.previous_order_date', 'numbered.order_date') }}
        end as days_since_previous_order,

        details.delivery_method,
        details.payment_method,

        numbered.order_at,
        numbered.order_date,
        {{ esputnik.month_start('numbered.order_date') }} as order_month
    from numbered
    inner join details on numbered.order_id = details.order_id

)

select * from final

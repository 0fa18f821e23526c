{{ config(cluster_by=['contact_id']) }}

{%- set raw = esputnik.raw_dataset('orders') -%}
{%- set columns = {
    'contact_id': 'contactId',
    'external_order_id': 'externalOrderId',
    'order_id': 'orderId',
    'delivery_address': 'deliveryAddress',
    'delivery_method': 'deliveryMethod',
    'email': 'email',
    'first_name': 'firstName',
    'last_name': 'lastName',
    'payment_method': 'paymentMethod',
    'phone': 'Phone',
    'status': 'Status',
    'discount': 'discount',
    'total_cost': 'totalCost',
    'order_created_at': 'orderCreatedDate',
    'order_at': 'orderDate',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'orders')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by order_id
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

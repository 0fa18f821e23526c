{{ config(cluster_by=['order_id']) }}

{%- set raw = esputnik.raw_dataset('orderItems') -%}
{%- set columns = {
    'external_product_id': 'externalProductId',
    'order_id': 'orderId',
    'description': 'description',
    'image_url': 'imageUrl',
    'name': 'name',
    'url': 'url',
    'cost': 'cost',
    'quantity': 'quantity',
    'order_at': 'orderDate',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }}
    from {{ esputnik.raw_rows(raw, source('esputnik', 'orderItems')) }}

)

select * from renamed

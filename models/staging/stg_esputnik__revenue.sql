{{ config(cluster_by=['order_id']) }}

{%- set raw = esputnik.raw_dataset('revenue') -%}
{%- set columns = {
    'broadcast_id': 'broadcastId',
    'contact_id': 'contactId',
    'external_customer_id': 'externalCustomerId',
    'external_order_id': 'externalOrderId',
    'message_instance_id': 'messageInstanceId',
    'order_id': 'orderId',
    'activity_status': 'activityStatus',
    'campaign_type': 'campaignType',
    'click_event_link': 'clickEventLink',
    'currency': 'currency',
    'event_key': 'eventKey',
    'event_type_key': 'eventTypeKey',
    'media_type': 'mediaType',
    'message_language_code': 'messageLanguageCode',
    'message_name': 'messageName',
    'message_tags': 'messageTags',
    'message_url': 'messageUrl',
    'sender_name': 'senderName',
    'utm_campaign': 'utmCampaign',
    'total_cost': 'totalCost',
    'order_at': 'orderDate',
    'activity_at': 'activityDateTime',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        -- text, as in the activities: a join needs no cast
        cast({{ esputnik.raw_column(raw, 'workflowId') }} as {{ dbt.type_string() }}) as workflow_id,
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'revenue')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by
            order_id,
            case when order_id is null then external_order_id end,
            contact_id,
            message_instance_id,
            activity_status,
            activity_at
        order by
            {{ esputnik.newest_first(columns.keys() | list + ['workflow_id']) }}
    ) = 1

)

select * from deduplicated

{{
    config(
        materialized='day_overwrite',
        meta={'days_of': 'contactActivities', 'day_column': 'activity_day'},
        partition_by=esputnik.partitioned_by_day('activity_day'),
        cluster_by=['contact_id', 'activity_status'],
    )
}}

{%- set raw = esputnik.raw_dataset('contactActivities') -%}
{%- set columns = {
    'broadcast_id': 'broadcastId',
    'contact_id': 'contactId',
    'event_id': 'eventId',
    'external_customer_id': 'externalCustomerId',
    'iid': 'iid',
    'message_instance_id': 'messageInstanceId',
    'message_id': 'messageId',
    'workflow_id': 'workflowId',
    'workflow_instance_id': 'workflowInstanceId',
    'workflow_block_id': 'workflowBlockId',
    'activity_status': 'activityStatus',
    'campaign_type': 'campaignType',
    'click_event_link': 'clickEventLink',
    'status_description': 'statusDescription',
    'event_key': 'eventKey',
    'event_type_key': 'eventTypeKey',
    'media_type': 'mediaType',
    'message_language_code': 'messageLanguageCode',
    'message_name': 'messageName',
    'message_tags': 'messageTags',
    'message_url': 'messageURL',
    'os_name': 'osName',
    'os_type': 'osType',
    'sender_name': 'senderName',
    'utm_campaign': 'utmCampaign',
    'activity_at': 'activityDateTime',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.utc_date(esputnik.raw_column(raw, 'activityDateTime')) }} as activity_day,
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'contactActivities')) }}
    where
        {{ esputnik.touched_days() }}
        and {{ esputnik.completed_loads(raw) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by
            contact_id,
            message_instance_id,
            broadcast_id,
            workflow_instance_id,
            activity_status,
            activity_at,
            click_event_link,
            activity_day
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

{{ config(cluster_by=['contact_id']) }}

{%- set raw = esputnik.raw_dataset('devices') -%}
{%- set columns = {
    'application_id': 'applicationId',
    'contact_id': 'contactId',
    'device_id': 'deviceId',
    'external_customer_id': 'externalCustomerId',
    'app_version': 'appVersion',
    'category': 'category',
    'device_model': 'deviceModel',
    'language_code': 'languageCode',
    'os_type': 'osType',
    'os_version': 'osVersion',
    'push_token': 'pushToken',
    'time_zone': 'timeZone',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'devices')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by device_id, application_id
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

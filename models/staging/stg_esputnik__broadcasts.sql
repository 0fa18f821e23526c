{{ config(cluster_by=['id']) }}

{%- set raw = esputnik.raw_dataset('broadcasts') -%}
{%- set columns = {
    'group_id': 'groupId',
    'id': 'id',
    'message_id': 'messageId',
    'media_type': 'mediaType',
    'name': 'name',
    'status': 'status',
    'created_at': 'createdDate',
    'started_at': 'startedDate',
    'updated_at': 'updatedDate',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'broadcasts')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by id, group_id
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

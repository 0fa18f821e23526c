{{ config(cluster_by=['message_id']) }}

{%- set raw = esputnik.raw_dataset('messages') -%}
{%- set columns = {
    'message_id': 'messageId',
    'language': 'language',
    'media_type': 'mediaType',
    'name': 'name',
    'reply_to': 'replyTo',
    'sender': 'sender',
    'subject': 'subject',
    'tags': 'tags',
    'translations': 'translations',
    'annoyance_level': 'annoyanceLevel',
    'updated_at': 'updateDate',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'messages')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by message_id
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

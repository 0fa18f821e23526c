{{ config(cluster_by=['message_id']) }}

with

messages as (

    select * from {{ ref('stg_esputnik__messages') }}

),

channels as (

    select * from {{ ref('channels') }}

),

final as (

    select
        messages.message_id,
        messages.name as message_name,
        coalesce(channels.channel, 'other') as channel,
        messages.language,
        messages.subject,
        messages.sender,
        messages.tags,
        {{ esputnik.has_tag('messages.tags', esputnik.list_of_texts('attribution_excluded_tags')) }} as is_no_touch,
        messages.annoyance_level,
        messages.updated_at
    from messages
    left join channels
        on {{ esputnik.spelling_key('messages.media_type') }} = {{ esputnik.spelling_key('channels.media_type') }}
    where messages.message_id is not null

)

select * from final

{{ config(cluster_by=['broadcast_id']) }}

with

broadcasts as (

    select * from {{ ref('stg_esputnik__broadcasts') }}
    where
        id is not null
        and (created_at is null or created_at <= {{ esputnik.as_of() }})

),

channels as (

    select * from {{ ref('channels') }}

),

-- A broadcast has a row for each segment that it went to.
described as (

    select
        broadcasts.id as broadcast_id,
        max(broadcasts.name) as broadcast_name,
        max(channels.channel) as channel,
        max(broadcasts.message_id) as message_id,
        max(broadcasts.status) as broadcast_status,
        count(distinct broadcasts.group_id) as segments,
        min(broadcasts.created_at) as created_at,
        min(broadcasts.started_at) as started_at
    from broadcasts
    left join channels
        on {{ esputnik.spelling_key('broadcasts.media_type') }} = {{ esputnik.spelling_key('channels.media_type') }}
    group by broadcasts.id

),

final as (

    select
        broadcast_id,
        broadcast_name,
        channel,
        message_id,
        broadcast_status,
        segments,
        created_at,
        started_at,
        {{ esputnik.local_date('started_at') }} as started_date
    from described

)

select * from final

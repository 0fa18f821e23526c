with

devices as (

    select
        *,
        {{ esputnik.device_channel('app_version') }} as channel
    from {{ ref('stg_esputnik__devices') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

reachability as (

    select * from {{ ref('int_reachability') }}

),

engagements as (

    select * from {{ ref('int_engagements') }}
    where
        {{ esputnik.utc_day_window('activity_day', 30) }}
        and {{ esputnik.in_window('activity_date', 30) }}
        and activity_at <= {{ esputnik.as_of() }}
        and is_suspected = 0
        and (is_open = 1 or is_click = 1)

),

events as (

    select * from {{ ref('fct_events') }}
    where
        {{ esputnik.utc_day_window('occurred_day', 30) }}
        and {{ esputnik.in_window('occurred_date', 30) }}

),

active as (

    select contacts.contact_key
    from engagements
    inner join contacts on engagements.contact_id = contacts.contact_id
    union distinct
    select contact_key
    from events
    where contact_key is not null

),

owned as (

    select
        devices.application_id,
        devices.channel,
        contacts.contact_key,
        coalesce(devices.app_version, 'none') as app_version,
        coalesce(devices.os_type, 'unknown') as os_type,
        coalesce(devices.os_version, 'unknown') as os_version,
        case
            when devices.push_token is null then 0
            when devices.channel = 'web_push' then coalesce(reachability.reachable_web_push, 0)
            else coalesce(reachability.reachable_mobile_push, 0)
        end as is_reachable,
        case when active.contact_key is not null then 1 else 0 end as is_active
    from devices
    left join contacts on devices.contact_id = contacts.contact_id
    left join reachability on contacts.contact_key = reachability.contact_key
    left join active on contacts.contact_key = active.contact_key

),

final as (

    select
        application_id,
        channel,
        app_version,
        os_type,
        os_version,
        count(*) as devices,
        count(distinct contact_key) as people,
        {{ esputnik.count_where('is_reachable = 1') }} as reachable_devices,
        count(distinct case when is_reachable = 1 then contact_key end) as reachable_people,
        count(distinct case when is_active = 1 then contact_key end) as active_people_30d,
        {{ esputnik.ratio(esputnik.count_where('is_reachable = 1'), 'count(*)') }} as reachable_rate
    from owned
    group by application_id, channel, app_version, os_type, os_version

)

select * from final

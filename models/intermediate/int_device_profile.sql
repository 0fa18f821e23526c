with

devices as (

    select * from {{ ref('int_devices') }}

),

reachability as (

    select * from {{ ref('int_reachability') }}

),

counted as (

    select
        contact_key,
        count(distinct device_id) as devices_count,
        {{ esputnik.count_where("channel = 'mobile_push'") }} as apps_count,
        {{ esputnik.count_where("channel = 'web_push'") }} as browsers_count,
        {{ esputnik.count_where('has_token = 1') }} as push_tokens_count,
        count(distinct time_zone) as time_zones_count,
        max(case when lower(os_type) = 'ios' then 1 end) as has_ios,
        max(case when lower(os_type) = 'android' then 1 end) as has_android,
        max(case when lower(os_type) not in ('ios', 'android') then 1 end) as has_other_os
    from devices
    group by contact_key

),

-- The export has no times of devices, so the one that is described is the one that a push reaches, an app rather than a
-- browser.
main as (

    select
        *,
        {{ esputnik.version_part('app_version', 1) }} as version_part_1,
        {{ esputnik.version_part('app_version', 2) }} as version_part_2,
        {{ esputnik.version_part('app_version', 3) }} as version_part_3
    from devices

),

ranked as (

    select *
    from main
    qualify row_number() over (
        partition by contact_key
        order by
            has_token desc, channel asc, version_part_1 desc, version_part_2 desc, version_part_3 desc,
            device_id desc, application_id desc
    ) = 1

),

final as (

    select
        counted.contact_key,
        counted.devices_count,
        counted.apps_count,
        counted.browsers_count,
        counted.push_tokens_count,
        {{ esputnik.flag('counted.has_ios') }} as has_ios,
        {{ esputnik.flag('counted.has_android') }} as has_android,
        {{ esputnik.flag('counted.has_other_os') }} as has_other_os,
        reachability.reachable_web_push,
        reachability.reachable_mobile_push,
        ranked.application_id,
        ranked.app_version,
        ranked.os_type,
        ranked.os_version,
        ranked.device_model,
        ranked.category as device_category,
        ranked.language_code,
        ranked.time_zone,
        counted.time_zones_count
    from counted
    inner join ranked on counted.contact_key = ranked.contact_key
    inner join reachability on counted.contact_key = reachability.contact_key

)

select * from final

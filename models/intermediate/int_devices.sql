with

devices as (

    select * from {{ ref('stg_esputnik__devices') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

final as (

    select
        contacts.contact_key,
        devices.device_id,
        devices.application_id,
        devices.app_version,
        devices.category,
        devices.device_model,
        devices.os_type,
        devices.os_version,
        devices.language_code,
        devices.time_zone,
        {{ esputnik.device_channel('devices.app_version') }} as channel,
        case when devices.push_token is not null then 1 else 0 end as has_token
    from devices
    inner join contacts on devices.contact_id = contacts.contact_id
    where contacts.contact_key is not null

)

select * from final

with

addresses as (

    select * from {{ ref('int_addresses') }}

),

standing as (

    select * from {{ ref('int_address_standing') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where contact_key is not null

),

judged as (

    select
        contacts.contact_key,
        addresses.channel,
        addresses.allows_bulk,
        addresses.allows_triggered,
        case
            when coalesce(standing.has_hard_bounced, 0) = 0 and coalesce(standing.has_objected, 0) = 0 then 1
            else 0
        end as is_clear
    from contacts
    inner join addresses on contacts.contact_id = addresses.contact_id
    left join standing
        on
            addresses.channel = standing.channel
            and addresses.address = standing.address

),

final as (

    select
        contact_key,
        max(case when channel = 'email' then is_clear * allows_bulk else 0 end) as reachable_email,
        max(case when channel = 'email' then is_clear * allows_triggered else 0 end) as reachable_email_triggered,
        max(case when channel = 'sms' then is_clear else 0 end) as reachable_sms,
        max(case when channel in ('web_push', 'mobile_push') then is_clear else 0 end) as reachable_push
    from judged
    group by contact_key

)

select * from final

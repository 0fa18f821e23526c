{%- set int64 = esputnik.contract_type('INT64') -%}
{%- set no_count = 'cast(null as ' ~ int64 ~ ')' -%}
{%- set no_time = 'cast(null as ' ~ esputnik.contract_type('TIMESTAMP') ~ ')' -%}

with

raw_tables as (

    select * from {{ ref('int_dataset_loads') }}

),

events as (

    select * from {{ ref('stg_esputnik__events') }}

),

orders as (

    select * from {{ ref('stg_esputnik__orders') }}

),

order_items as (

    select * from {{ ref('stg_esputnik__order_items') }}

),

revenue as (

    select * from {{ ref('stg_esputnik__revenue') }}

),

devices as (

    select * from {{ ref('stg_esputnik__devices') }}

),

contacts as (

    select * from {{ ref('stg_esputnik__contacts') }}

),

messages as (

    select * from {{ ref('stg_esputnik__messages') }}

),

broadcasts as (

    select * from {{ ref('stg_esputnik__broadcasts') }}

),

activity_types as (

    select distinct {{ esputnik.spelling_key('activity_status') }} as spelling from {{ ref('activity_types') }}

),

order_statuses as (

    select distinct {{ esputnik.spelling_key('order_status') }} as spelling from {{ ref('order_statuses') }}

),

known_contacts as (

    select distinct contact_id from contacts
    where contact_id is not null

),

known_orders as (

    select distinct order_id from orders
    where order_id is not null

),

-- The one large dataset is counted before anything is looked up, by one column at a time. Both read it themselves: what
-- two steps read through one, DuckDB keeps in between.
activities_by_status as (

    select
        activity_status,
        count(*) as activities,
        max(case when activity_at <= {{ esputnik.as_of() }} then activity_at end) as latest_row_at,
        {{ esputnik.count_where('message_instance_id is null') }} as without_message_instance
    from {{ ref('stg_esputnik__contact_activities') }}
    group by activity_status

),

activities_by_contact as (

    select
        contact_id,
        count(*) as activities
    from {{ ref('stg_esputnik__contact_activities') }}
    where contact_id is not null
    group by contact_id

),

orphan_activities as (

    select sum(activities_by_contact.activities) as orphan_rows
    from activities_by_contact
    left join known_contacts on activities_by_contact.contact_id = known_contacts.contact_id
    where known_contacts.contact_id is null

),

staged as (

    select
        'broadcasts' as dataset,
        count(*) as staged_rows,
        max(case when updated_at <= {{ esputnik.as_of() }} then updated_at end) as latest_row_at,
        {{ no_count }} as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from broadcasts
    union all
    select
        'contactActivities' as dataset,
        cast(coalesce(sum(activities_by_status.activities), 0) as {{ int64 }}) as staged_rows,
        max(activities_by_status.latest_row_at) as latest_row_at,
        cast(coalesce(max(orphan_activities.orphan_rows), 0) as {{ int64 }}) as orphan_rows,
        cast(coalesce(sum(activities_by_status.without_message_instance), 0) as {{ int64 }})
            as rows_without_message_instance,
        cast(coalesce(sum(
            case when activity_types.spelling is null then activities_by_status.activities end
        ), 0) as {{ int64 }}) as unknown_statuses
    from activities_by_status
    cross join orphan_activities
    left join activity_types
        on {{ esputnik.spelling_key('activities_by_status.activity_status') }} = activity_types.spelling
    union all
    select
        'contacts' as dataset,
        count(*) as staged_rows,
        max(case when created_at <= {{ esputnik.as_of() }} then created_at end) as latest_row_at,
        {{ no_count }} as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from contacts
    union all
    select
        'devices' as dataset,
        count(*) as staged_rows,
        {{ no_time }} as latest_row_at,
        {{ esputnik.count_where('devices.contact_id is not null and known_contacts.contact_id is null') }}
            as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from devices
    left join known_contacts on devices.contact_id = known_contacts.contact_id
    union all
    select
        'events' as dataset,
        count(*) as staged_rows,
        max(
            case when events.occurred_at <= {{ esputnik.as_of() }} then events.occurred_at end
        ) as latest_row_at,
        {{ esputnik.count_where('events.contact_id is not null and known_contacts.contact_id is null') }}
            as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from events
    left join known_contacts on events.contact_id = known_contacts.contact_id
    union all
    select
        'messages' as dataset,
        count(*) as staged_rows,
        max(case when updated_at <= {{ esputnik.as_of() }} then updated_at end) as latest_row_at,
        {{ no_count }} as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from messages
    union all
    select
        'orderItems' as dataset,
        count(*) as staged_rows,
        max(
            case when order_items.order_at <= {{ esputnik.as_of() }} then order_items.order_at end
        ) as latest_row_at,
        {{ esputnik.count_where('order_items.order_id is not null and known_orders.order_id is null') }}
            as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from order_items
    left join known_orders on order_items.order_id = known_orders.order_id
    union all
    select
        'orders' as dataset,
        count(*) as staged_rows,
        max(
            case when orders.order_at <= {{ esputnik.as_of() }} then orders.order_at end
        ) as latest_row_at,
        {{ esputnik.count_where('orders.contact_id is not null and known_contacts.contact_id is null') }}
            as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ esputnik.count_where('order_statuses.spelling is null') }} as unknown_statuses
    from orders
    left join known_contacts on orders.contact_id = known_contacts.contact_id
    left join order_statuses
        on {{ esputnik.spelling_key('orders.status') }} = order_statuses.spelling
    union all
    select
        'revenue' as dataset,
        count(*) as staged_rows,
        max(
            case when revenue.activity_at <= {{ esputnik.as_of() }} then revenue.activity_at end
        ) as latest_row_at,
        {{ esputnik.count_where('revenue.contact_id is not null and known_contacts.contact_id is null') }}
            as orphan_rows,
        {{ no_count }} as rows_without_message_instance,
        {{ no_count }} as unknown_statuses
    from revenue
    left join known_contacts on revenue.contact_id = known_contacts.contact_id

),

final as (

    select
        raw_tables.dataset,
        raw_tables.raw_rows,
        staged.staged_rows,
        raw_tables.raw_rows - staged.staged_rows as duplicates_removed,
        staged.latest_row_at,
        {{ esputnik.rounded(
            '(' ~ esputnik.unix_micros(esputnik.as_of()) ~ ' - ' ~ esputnik.unix_micros('staged.latest_row_at')
            ~ ') / 3600000000',
            1
        ) }} as freshness_hours,
        raw_tables.loads,
        raw_tables.last_load_at,
        raw_tables.rows_superseded,
        raw_tables.rows_rejected,
        staged.orphan_rows,
        staged.rows_without_message_instance,
        staged.unknown_statuses
    from raw_tables
    inner join staged on raw_tables.dataset = staged.dataset

)

select * from final

with

raw_tables as (

    select * from {{ ref('int_dataset_loads') }}

),

activities as (

    select * from {{ ref('stg_esputnik__contact_activities') }}

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

{#- Name, rows, time, contact, and conditions of what is looked for; none where a dataset has no such thing. -#}
{%- set measures = [
    ('broadcasts', 'broadcasts', 'updated_at', none, none, none),
    ('contactActivities', 'activities', 'activity_at', 'contact_id', 'message_instance_id is null',
        'activity_types.spelling is null'),
    ('contacts', 'contacts', 'created_at', none, none, none),
    ('devices', 'devices', none, 'contact_id', none, none),
    ('events', 'events', 'occurred_at', 'contact_id', none, none),
    ('messages', 'messages', 'updated_at', none, none, none),
    ('orderItems', 'order_items', 'order_at', 'order_id', none, none),
    ('orders', 'orders', 'order_at', 'contact_id', none, 'order_statuses.spelling is null'),
    ('revenue', 'revenue', 'activity_at', 'contact_id', none, none),
] %}

staged as (

    {% for dataset, rows, time, parent, without_instance, unknown in measures -%}
    {%- set known = 'known_orders' if parent == 'order_id' else 'known_contacts' -%}
    select
        '{{ dataset }}' as dataset,
        count(*) as staged_rows,
        {% if time -%}
        max(case when {{ rows }}.{{ time }} <= {{ esputnik.as_of() }} then {{ rows }}.{{ time }} end)
        {%- else -%}
        cast(null as {{ esputnik.contract_type('TIMESTAMP') }})
        {%- endif %} as latest_row_at,
        {% if parent -%}
        {{ esputnik.count_where(rows ~ '.' ~ parent ~ ' is not null and ' ~ known ~ '.' ~ parent ~ ' is null') }}
        {%- else -%}
        cast(null as {{ esputnik.contract_type('INT64') }})
        {%- endif %} as orphan_rows,
        {% if without_instance -%}
        {{ esputnik.count_where(rows ~ '.' ~ without_instance) }}
        {%- else -%}
        cast(null as {{ esputnik.contract_type('INT64') }})
        {%- endif %} as rows_without_message_instance,
        {% if unknown -%}
        {{ esputnik.count_where(unknown) }}
        {%- else -%}
        cast(null as {{ esputnik.contract_type('INT64') }})
        {%- endif %} as unknown_statuses
    from {{ rows }}
    {%- if parent %}
    left join {{ known }} on {{ rows }}.{{ parent }} = {{ known }}.{{ parent }}
    {%- endif %}
    {%- if rows == 'activities' %}
    left join activity_types on {{ esputnik.spelling_key('activities.activity_status') }} = activity_types.spelling
    {%- endif %}
    {%- if rows == 'orders' %}
    left join order_statuses on {{ esputnik.spelling_key('orders.status') }} = order_statuses.spelling
    {%- endif %}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- endfor %}

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

{%- set appended = {
    'contactActivities': ref('stg_esputnik__contact_activities'),
    'events': ref('stg_esputnik__events'),
} -%}
{%- set datasets = [
    'broadcasts', 'contactActivities', 'contacts', 'devices', 'events', 'messages', 'orderItems', 'orders', 'revenue',
] -%}

with

raw_tables as (

    {% for name in datasets -%}
    {%- if name in appended -%}
    -- What the staging model saw when it read each day last: counting again would read the whole table.
    select
        '{{ name }}' as dataset,
        coalesce(sum(rows_seen), 0) as raw_rows
    from {{ esputnik.ledger(appended[name]) }}
    where day <> '*'
    {%- else -%}
    select
        '{{ name }}' as dataset,
        count(*) as raw_rows
    from {{ esputnik.raw_rows(esputnik.raw_dataset(name), source('esputnik', name)) }}
    {%- endif %}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {%- endfor %}

),

loads as (

    select
        dataset,
        count(*) as loads,
        cast(sum(rows_superseded) as {{ esputnik.contract_type('INT64') }}) as rows_superseded,
        cast(sum(rows_rejected) as {{ esputnik.contract_type('INT64') }}) as rows_rejected,
        max(loaded_at) as last_load_at
    from {{ ref('int_loads') }}
    group by dataset

),

final as (

    select
        raw_tables.dataset,
        cast(raw_tables.raw_rows as {{ esputnik.contract_type('INT64') }}) as raw_rows,
        loads.loads,
        loads.rows_superseded,
        loads.rows_rejected,
        loads.last_load_at
    from raw_tables
    left join loads on raw_tables.dataset = loads.dataset

)

select * from final

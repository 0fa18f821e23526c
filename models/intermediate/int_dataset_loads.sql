{%- set appended = {
    'contactActivities': ref('stg_esputnik__contact_activities'),
    'events': ref('stg_esputnik__events'),
} -%}
{%- set datasets = [
    'broadcasts', 'contactActivities', 'contacts', 'devices', 'events', 'messages', 'orderItems', 'orders', 'revenue',
] -%}
{%- set load_files = esputnik.raw_load_files() -%}

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

    {% if load_files -%}
    select
        load_files.dataset,
        count(distinct load_files._dlt_load_id) as loads,
        cast(sum(load_files.superseded) as {{ esputnik.contract_type('INT64') }}) as rows_superseded,
        cast(sum(load_files.rejected) as {{ esputnik.contract_type('INT64') }}) as rows_rejected,
        max(dlt_loads.inserted_at) as last_load_at
    from {{ load_files }} as load_files
    inner join {{ esputnik.raw_loads(load_files) }} as dlt_loads
        on
            load_files._dlt_load_id = dlt_loads.load_id
            and dlt_loads.status = 0
    group by load_files.dataset
    {%- else -%}
    select
        dataset,
        cast(null as {{ esputnik.contract_type('INT64') }}) as loads,
        cast(null as {{ esputnik.contract_type('INT64') }}) as rows_superseded,
        cast(null as {{ esputnik.contract_type('INT64') }}) as rows_rejected,
        cast(null as {{ esputnik.contract_type('TIMESTAMP') }}) as last_load_at
    from raw_tables
    {%- endif %}

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

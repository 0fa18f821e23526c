{{
    config(
        materialized='day_overwrite',
        meta={'days_of': 'events', 'day_column': 'occurred_day'},
        partition_by=esputnik.partitioned_by_day('occurred_day'),
        cluster_by=['event_type_key', 'contact_id'],
    )
}}

{%- set raw = esputnik.raw_dataset('events') -%}
{%- set columns = {
    'contact_id': 'contactId',
    'event_id': 'eventId',
    'event_type_key': 'eventTypeKey',
    'key_value': 'keyValue',
    'params_json': 'paramsJson',
    'occurred_at': 'occured',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.utc_date(esputnik.raw_column(raw, 'occured')) }} as occurred_day,
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'events')) }}
    where
        {{ esputnik.touched_days() }}
        and {{ esputnik.completed_loads(raw) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by event_id, occurred_day
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

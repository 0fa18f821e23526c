{{ config(cluster_by=['segment_id']) }}

{%- set raw = esputnik.raw_dataset('segments', 'esputnik_api') -%}
{%- set columns = {
    'segment_id': 'segmentId',
    'name': 'name',
    'type': 'type',
} -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik_api', 'segments')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by segment_id
        order by
            {{ esputnik.newest_first(columns) }}
    ) = 1

)

select * from deduplicated

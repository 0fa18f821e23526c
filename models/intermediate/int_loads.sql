{%- set int64 = esputnik.contract_type('INT64') -%}
{%- set load_files = esputnik.raw_load_files() -%}

{% if load_files -%}
with

load_files as (

    select * from {{ load_files }}

),

loads as (

    select * from {{ esputnik.raw_loads(load_files) }}
    where status = 0

),

final as (

    select
        load_files.dataset,
        loads.load_id,
        loads.inserted_at as loaded_at,
        count(*) as files_loaded,
        cast(sum(load_files.read) as {{ int64 }}) as rows_read,
        cast(sum(load_files.loaded) as {{ int64 }}) as rows_loaded,
        cast(sum(load_files.superseded) as {{ int64 }}) as rows_superseded,
        cast(sum(load_files.rejected) as {{ int64 }}) as rows_rejected
    from load_files
    inner join loads on load_files._dlt_load_id = loads.load_id
    group by load_files.dataset, loads.load_id, loads.inserted_at

)
{%- else -%}
with

final as (

    select
        cast(null as {{ dbt.type_string() }}) as dataset,
        cast(null as {{ dbt.type_string() }}) as load_id,
        cast(null as {{ esputnik.contract_type('TIMESTAMP') }}) as loaded_at,
        cast(null as {{ int64 }}) as files_loaded,
        cast(null as {{ int64 }}) as rows_read,
        cast(null as {{ int64 }}) as rows_loaded,
        cast(null as {{ int64 }}) as rows_superseded,
        cast(null as {{ int64 }}) as rows_rejected
    from (select 1 as one) as nothing
    where false

)
{%- endif %}

select * from final

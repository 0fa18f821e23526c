with

loads as (

    select * from {{ ref('int_loads') }}

),

final as (

    select
        dataset,
        load_id,
        loaded_at,
        {{ esputnik.rounded(
            '(' ~ esputnik.unix_micros('loaded_at') ~ ' - lag(' ~ esputnik.unix_micros('loaded_at')
            ~ ') over (partition by dataset order by loaded_at, load_id)) / 3600000000',
            1
        ) }} as hours_since_load_before,
        files_loaded,
        rows_read,
        rows_loaded,
        rows_superseded,
        rows_rejected,
        {{ esputnik.ratio('rows_rejected', 'rows_read') }} as rejected_rate
    from loads

)

select * from final

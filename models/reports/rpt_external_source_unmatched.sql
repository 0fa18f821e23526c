with

source_keys as (

    select * from {{ ref('int_source_keys') }}

),

-- Drawn by the key's bucket, so that every build shows the same ones and they are no row of neighbours.
ranked as (

    select
        source_name,
        contact_key,
        rows_in_source,
        is_malformed,
        row_number() over (
            partition by source_name order by {{ esputnik.random_bucket('contact_key') }}, contact_key
        ) as sample_rank
    from source_keys
    where is_on_platform = 0

),

final as (

    select
        source_name,
        sample_rank,
        contact_key,
        rows_in_source,
        is_malformed
    from ranked
    where sample_rank <= {{ esputnik.whole_number('unmatched_samples') }}

)

select * from final

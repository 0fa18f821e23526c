{%- set chosen = esputnik.report_attribution_model() %}

with

revenue as (

    select * from {{ ref('stg_esputnik__revenue') }}
    where activity_at is null or activity_at <= {{ esputnik.as_of() }}

),

final as (

    select
        case
            when '{{ chosen }}' <> '' then '{{ chosen }}'
            when count(*) > 0 then 'platform'
            else 'last_touch'
        end as attribution_model
    from revenue

)

select * from final

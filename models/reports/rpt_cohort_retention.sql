with

cohorts as (

    select * from {{ ref('int_cohorts') }}

),

final as (

    select
        cohort_month,
        month_number,
        {{ esputnik.add_to_date('cohort_month', 'month_number', 'month') }} as activity_month,
        is_complete,
        cohort_customers,
        active_customers,
        -- A month that is not over would look like a fall.
        case when is_complete = 1 then {{ esputnik.ratio('active_customers', 'cohort_customers') }} end
            as retention_rate
    from cohorts

)

select * from final

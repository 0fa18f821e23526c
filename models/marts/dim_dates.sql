with

days as (

    select {{ esputnik.add_to_date("date '2010-01-01'", 'day_number', 'day') }} as date_day
    from {{ esputnik.numbers_up_to(
        esputnik.days_between("date '2010-01-01'", esputnik.as_of_date()), 'day_number'
    ) }}

),

weekdays as (

    select
        date_day,
        {{ esputnik.iso_weekday('date_day') }} as weekday
    from days

),

final as (

    select
        date_day,
        weekday,
        {{ esputnik.add_to_date('date_day', '1 - weekday', 'day') }} as week_start,
        {{ esputnik.month_start('date_day') }} as month_start
    from weekdays

)

select * from final

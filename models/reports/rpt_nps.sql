with

answers as (

    select * from {{ ref('int_nps_answers') }}

),

-- The latest answer of a person in the month; of two at one moment the lower.
placed as (

    select
        {{ esputnik.month_start('answer_date') }} as answer_month,
        answer_source,
        contact_key,
        {{ esputnik.nps_group('score') }} as nps_group,
        row_number() over (
            partition by {{ esputnik.month_start('answer_date') }}, answer_source, contact_key
            order by answered_at desc, score asc
        ) as place
    from answers

),

counted as (

    select
        answer_month,
        answer_source,
        {{ esputnik.count_where('contact_key is not null and place = 1') }} as answers,
        {{ esputnik.count_where("contact_key is not null and place = 1 and nps_group = 'promoter'") }} as promoters,
        {{ esputnik.count_where("contact_key is not null and place = 1 and nps_group = 'passive'") }} as passives,
        {{ esputnik.count_where("contact_key is not null and place = 1 and nps_group = 'detractor'") }} as detractors,
        {{ esputnik.count_where('contact_key is not null and place > 1') }} as replaced_answers,
        {{ esputnik.count_where('contact_key is null') }} as unknown_answers
    from placed
    group by answer_month, answer_source

),

final as (

    select
        answer_month,
        answer_source,
        answers,
        promoters,
        passives,
        detractors,
        {{ esputnik.ratio('(promoters - detractors)', 'answers') }} as nps,
        replaced_answers,
        unknown_answers
    from counted

)

select * from final

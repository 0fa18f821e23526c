with

answers as (

    select * from {{ ref('int_nps_answers') }}

),

-- The latest answer of a person, and the one before it; of two at one moment the lower is the latest.
placed as (

    select
        *,
        row_number() over (partition by contact_key order by answered_at desc, score asc, answer_source asc) as place,
        lead(score) over (partition by contact_key order by answered_at desc, score asc, answer_source asc)
            as previous_score
    from answers
    where contact_key is not null

),

final as (

    select
        contact_key,
        score as nps_score,
        {{ esputnik.nps_group('score') }} as nps_group,
        answer_source as nps_source,
        answered_at,
        {{ esputnik.days_since('answer_date') }} as days_since_answer,
        previous_score as previous_nps_score
    from placed
    where place = 1

)

select * from final

with

codes as (

    select
        {{ esputnik.normalised_key('contact_key', esputnik.contact_key_source()) }} as contact_key,
        {{ esputnik.trim_blanks('code') }} as code,
        expires_on,
        description
    from {{ ref('personal_codes') }}

),

usable as (

    select *
    from codes
    where
        contact_key is not null
        and code <> ''
        and (expires_on is null or expires_on >= {{ esputnik.as_of_date() }})

),

-- A code that several people claim is given to none: who got it first cannot be told. Expired claims count too.
claims as (

    select
        {{ esputnik.lower_case('code') }} as code_key,
        count(distinct contact_key) as claimants
    from codes
    where contact_key is not null
    group by 1

),

unambiguous as (

    select usable.*
    from usable
    inner join claims on {{ esputnik.lower_case('usable.code') }} = claims.code_key
    where claims.claimants = 1
    qualify row_number() over (
        partition by claims.code_key
        order by coalesce(usable.expires_on, date '9999-12-31') desc, usable.code asc, usable.description desc
    ) = 1

),

final as (

    select
        contact_key,
        row_number() over (
            partition by contact_key order by coalesce(expires_on, date '9999-12-31') asc, code asc
        ) as row_rank,
        code,
        expires_on,
        {{ esputnik.days_between(esputnik.as_of_date(), 'expires_on') }} as days_to_expiry,
        description
    from unambiguous

)

select * from final

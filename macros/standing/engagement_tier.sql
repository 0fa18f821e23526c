{#-
    The rule of `int_engagement_tier`, at `as_of` or so many days ago.

    Args:
        engagement_relation: a relation like `int_engagement` as of the same moment.
-#}
{% macro engagement_tier(engagement_relation, days_ago=0) -%}
{%- set champion_days = esputnik.whole_number('engagement_champion_days') -%}
{%- set engaged_days = esputnik.whole_number('engagement_engaged_days') -%}
{%- set cooling_days = esputnik.whole_number('engagement_cooling_days') -%}
with

engagement as (

    select
        contact_key,
        last_delivery_date,
        last_human_click_date,
        {{ esputnik.later_of('last_human_open_date', 'last_human_click_date') }} as last_engaged_date
    from {{ engagement_relation }}

),

-- The first tier that fits. People without a send are no rows here: they are unreached.
final as (

    select
        contact_key,
        case
            when {{ esputnik.in_window('last_human_click_date', champion_days, days_ago) }} then 'champion'
            when {{ esputnik.in_window('last_engaged_date', engaged_days, days_ago) }} then 'engaged'
            when {{ esputnik.in_window('last_engaged_date', cooling_days, days_ago) }} then 'cooling'
            when {{ esputnik.in_window('last_delivery_date', cooling_days, days_ago) }} then 'dormant'
            when last_delivery_date is not null and last_engaged_date is null then 'never'
            when last_engaged_date is not null then 'inactive'
            else 'unreached'
        end as engagement_tier
    from engagement

)

select * from final
{%- endmacro %}

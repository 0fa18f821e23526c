{%- set allowed = esputnik.attribution_models() %}
{%- set chosen = var('report_attribution_model') %}
{%- if chosen and chosen not in allowed %}
    {%- do exceptions.raise_compiler_error(
        "var report_attribution_model is '" ~ chosen ~ "', which is no model of reports. Allowed: "
        ~ allowed | join(', ') ~ ', or empty (platform where the revenue dataset has rows, else last_touch).'
    ) %}
{%- endif %}

with

revenue as (

    select * from {{ ref('stg_esputnik__revenue') }}

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

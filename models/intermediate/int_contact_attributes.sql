{{ config(
    materialized='table',
    cluster_by=['contact_key'],
    enabled=var('contact_attributes', []) | length > 0
) }}

{%- set tables = esputnik.contact_attributes() %}
{%- set kind = esputnik.contact_key_source() %}

with

{%- for entry in tables %}
{%- set table = esputnik.attribute_table(entry) if execute else {'relation': 'nothing', 'expressions': {}} %}
{%- set names = entry['columns'] | map(attribute='name') | list %}

typed_{{ loop.index }} as (

    select
        {{ esputnik.normalised_key(table.expressions.key, kind) }} as contact_key,
        {%- for name in names %}
        {{ table.expressions[name] }} as {{ name }},
        {%- endfor %}
        {{ table.expressions.latest_by or 'cast(null as ' ~ esputnik.contract_type('TIMESTAMP') ~ ')' }} as latest_at
    from {{ table.relation }}

),

ranked_{{ loop.index }} as (

    select
        *,
        -- Where nothing says which is the latest, the greatest values, so that each build chooses the same row.
        row_number() over (
            partition by contact_key
            order by
                latest_at desc nulls last,
                {%- for name in names %}
                {{ name }} desc nulls last{{ ',' if not loop.last }}
                {%- endfor %}
        ) as place
    from typed_{{ loop.index }}
    where contact_key is not null

),

latest_{{ loop.index }} as (

    select * from ranked_{{ loop.index }}
    where place = 1

),
{%- endfor %}

keys as (

    {%- for entry in tables %}
    select contact_key from latest_{{ loop.index }}
    {{ 'union distinct' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        {%- for entry in tables %}
        {%- set number = loop.index %}
        {%- for column in entry['columns'] %}
        latest_{{ number }}.{{ column.name }},
        {%- endfor %}
        {%- endfor %}
        keys.contact_key
    from keys
    {%- for entry in tables %}
    left join latest_{{ loop.index }} on keys.contact_key = latest_{{ loop.index }}.contact_key
    {%- endfor %}

)

select * from final

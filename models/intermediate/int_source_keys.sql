-- A table, so that each data source is read once for all that coverage has to say.
{{ config(materialized='table', cluster_by=['source_name', 'contact_key']) }}

{%- set kind = esputnik.contact_key_source() %}

with

people as (

    select * from {{ ref('int_people') }}

),

source_rows as (

    {%- for source in esputnik.covered_sources() %}
    select
        '{{ source }}' as source_name,
        {{ esputnik.normalised_key(esputnik.contact_key_name(), kind) }} as contact_key
    from {{ ref(source) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

source_keys as (

    select
        source_name,
        contact_key,
        count(*) as rows_in_source
    from source_rows
    where contact_key is not null
    group by source_name, contact_key

),

final as (

    select
        source_keys.source_name,
        source_keys.contact_key,
        source_keys.rows_in_source,
        case when people.contact_key is not null then 1 else 0 end as is_on_platform,
        case when {{ esputnik.is_malformed_key('source_keys.contact_key', kind) }} then 1 else 0 end as is_malformed
    from source_keys
    left join people on source_keys.contact_key = people.contact_key

)

select * from final

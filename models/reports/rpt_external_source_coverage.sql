{%- set kind = esputnik.contact_key_source() -%}
{%- set sources = esputnik.covered_sources() -%}
{%- set text = dbt.type_string() -%}
{%- set int64 = esputnik.contract_type('INT64') -%}
{%- set no_count = 'cast(null as ' ~ int64 ~ ')' -%}

with

contacts as (

    select * from {{ ref('int_contacts') }}

),

contact_fields as (

    select * from {{ ref('stg_esputnik__contacts') }}

),

source_keys as (

    select * from {{ ref('int_source_keys') }}

),

-- A source without a row is a source too.
sources as (

    {%- for source in sources %}
    select '{{ source }}' as source_name
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

keyed_contacts as (

    select
        contacts.contact_key,
        nullif({{ esputnik.trim_blanks('cast(contact_fields.' ~ kind ~ ' as ' ~ text ~ ')') }}, '') as key_text
    from contacts
    inner join contact_fields on contacts.contact_id = contact_fields.contact_id

),

contact_counts as (

    select
        count(*) as contacts,
        count(distinct contact_key) as contact_keys,
        {{ esputnik.count_where('key_text is null') }} as contacts_without_key,
        -- A phone number without digits leaves no key; it is malformed, not missing.
        {{ esputnik.count_where(
            'key_text is not null and (contact_key is null or '
            ~ esputnik.is_malformed_key('contact_key', kind) ~ ')'
        ) }} as contacts_with_malformed_key,
        {{ esputnik.count_where('contact_key is null') }} as contacts_excluded
    from keyed_contacts

),

key_counts as (

    select
        source_name,
        cast(sum(rows_in_source) as {{ int64 }}) as rows_in_source,
        count(*) as keys_in_source,
        {{ esputnik.count_where('is_on_platform = 1') }} as keys_on_platform,
        {{ esputnik.count_where('is_malformed = 1') }} as malformed_keys
    from source_keys
    group by source_name

),

whole_sources as (

    select
        sources.source_name,
        'all' as audience_column,
        'all' as audience,
        coalesce(key_counts.rows_in_source, 0) as rows_in_source,
        coalesce(key_counts.keys_in_source, 0) as keys_in_source,
        coalesce(key_counts.keys_on_platform, 0) as keys_on_platform,
        coalesce(key_counts.malformed_keys, 0) as malformed_keys,
        contact_counts.contact_keys - coalesce(key_counts.keys_on_platform, 0) as contact_keys_missing,
        contact_counts.contacts,
        contact_counts.contact_keys,
        contact_counts.contacts_without_key,
        contact_counts.contacts_with_malformed_key,
        contact_counts.contacts_excluded,
        contact_counts.contacts - contact_counts.contacts_excluded - contact_counts.contact_keys as contacts_merged
    from sources
    cross join contact_counts
    left join key_counts on sources.source_name = key_counts.source_name

),

-- Each source is read once for all of its audiences: people who are in the same ones are counted together, and the few
-- rows that this leaves are told apart by audience. A key with several rows is in one audience once, so it stays a group.
{%- for source, audiences in sources.items() if audiences %}
{%- set key = esputnik.normalised_key('source_rows.' ~ esputnik.contact_key_name(), kind) %}

{{ source }}_groups as (

    select
        {%- for column in audiences %}
        cast(source_rows.{{ column }} as {{ text }}) as {{ column }},
        {%- endfor %}
        case when source_keys.rows_in_source > 1 then source_keys.contact_key end as repeated_key,
        count(source_keys.contact_key) as rows_in_source,
        {{ esputnik.count_where('source_keys.is_on_platform = 1') }} as rows_on_platform
    from {{ ref(source) }} as source_rows
    left join source_keys
        on
            {{ key }} = source_keys.contact_key
            and source_keys.source_name = '{{ source }}'
    group by {% for column in audiences %}{{ loop.index }}, {% endfor %}{{ audiences | length + 1 }}

),
{%- endfor %}

members as (

    {%- for source, audiences in sources.items() if audiences %}
    select
        '{{ source }}' as source_name,
        named.audience_column,
        case named.audience_column
            {%- for column in audiences %}
            when '{{ column }}' then people_together.{{ column }}
            {%- endfor %}
        end as audience,
        people_together.repeated_key,
        people_together.rows_in_source,
        people_together.rows_on_platform
    from {{ source }}_groups as people_together
    cross join (
        {%- for column in audiences %}
        select '{{ column }}' as audience_column
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ) as named
    {% if not loop.last %}union all{% endif %}
    {%- else %}
    select
        cast(null as {{ text }}) as source_name,
        cast(null as {{ text }}) as audience_column,
        cast(null as {{ text }}) as audience,
        cast(null as {{ text }}) as repeated_key,
        0 as rows_in_source,
        0 as rows_on_platform
    {%- endfor %}

),

-- The audience of a flag are those who have it; without any of them it is there, with nobody in it.
flagged as (

    select
        source_name,
        audience_column,
        case when audience = '0' then '1' else audience end as audience,
        repeated_key,
        case when audience = '0' then 0 else rows_in_source end as rows_in_source,
        case when audience = '0' then 0 else rows_on_platform end as rows_on_platform
    from members
    where audience is not null

),

keyed as (

    select
        source_name,
        audience_column,
        audience,
        repeated_key,
        sum(rows_in_source) as rows_in_source,
        sum(rows_on_platform) as rows_on_platform
    from flagged
    group by source_name, audience_column, audience, repeated_key

),

audience_counts as (

    select
        source_name,
        audience_column,
        audience,
        cast(sum(rows_in_source) as {{ int64 }}) as rows_in_source,
        cast(sum(
            case when repeated_key is not null then least(rows_in_source, 1) else rows_in_source end
        ) as {{ int64 }}) as keys_in_source,
        cast(sum(
            case when repeated_key is not null then least(rows_on_platform, 1) else rows_on_platform end
        ) as {{ int64 }}) as keys_on_platform
    from keyed
    group by source_name, audience_column, audience

),

together as (

    select
        source_name,
        audience_column,
        audience,
        rows_in_source,
        keys_in_source,
        keys_on_platform,
        malformed_keys,
        contact_keys_missing,
        contacts,
        contact_keys,
        contacts_without_key,
        contacts_with_malformed_key,
        contacts_excluded,
        contacts_merged
    from whole_sources
    union all
    select
        source_name,
        audience_column,
        audience,
        rows_in_source,
        keys_in_source,
        keys_on_platform,
        {{ no_count }} as malformed_keys,
        {{ no_count }} as contact_keys_missing,
        {{ no_count }} as contacts,
        {{ no_count }} as contact_keys,
        {{ no_count }} as contacts_without_key,
        {{ no_count }} as contacts_with_malformed_key,
        {{ no_count }} as contacts_excluded,
        {{ no_count }} as contacts_merged
    from audience_counts

),

final as (

    select
        source_name,
        audience_column,
        audience,
        rows_in_source,
        keys_in_source,
        keys_on_platform,
        keys_in_source - keys_on_platform as keys_not_on_platform,
        {{ esputnik.rounded(esputnik.ratio('keys_on_platform', 'keys_in_source'), 4) }} as match_rate,
        malformed_keys,
        contact_keys_missing,
        contacts,
        contact_keys,
        contacts_without_key,
        contacts_with_malformed_key,
        contacts_excluded,
        contacts_merged,
        {{ esputnik.as_of() }} as as_of
    from together

)

select * from final

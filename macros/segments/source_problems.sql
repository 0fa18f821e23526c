{#-
    A query for what is wrong with an external data source, one row for each wrong column or row: its problem, and whose row
    it is. What the data test `external_source` finds, and what keeps `segment_view` from putting a table in place.

    Args:
        columns: of the relation, as `source_columns` gives them.
        problems: of the columns, as `source_shape_problems` gives them.
        key, rank, max_characters: those of the test.
-#}
{% macro source_problems(relation, columns, problems, key, rank, max_characters) %}
{%- set text = dbt.type_string() -%}
with

shape as (

    {%- for problem in problems or [none] %}
    select
        {{ esputnik.text_literal(problem or '') }} as problem,
        cast(null as {{ text }}) as source_key
        {%- if problem is none %}
    from (select 1 as no_row) as nothing
    where no_row = 0
        {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)
{%- if columns and not problems %}
    {%- set values = [] -%}
    {%- set texts = [] -%}
    {%- set addresses = [] -%}
    {%- for column in columns -%}
        {%- do values.append('coalesce(cast(' ~ column.name ~ ' as ' ~ text ~ "), '')") -%}
        {%- if column.data_type | lower in ['string', 'varchar'] -%}
            {%- do texts.append(values[-1]) -%}
            {%- if column.name != key and not column.is_personal -%}
                {%- do addresses.append("coalesce(" ~ column.name ~ " like '%_@_%._%', false)") -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {#- Numbers and times have 40 characters at most: they are written out only where that may be too many. One call of
        concat, not a sum: BigQuery nests what an operator adds up, and limits how deep. -#}
    {%- set characters_of_texts = 'length(concat(' ~ (texts | join(', ') or "''") ~ '))' -%}
    {%- set room_for_others = 40 * (values | length - texts | length) %},

checked as (

    select
        cast({{ key }} as {{ text }}) as source_key,
        {{ esputnik.normalised_key(key, 'sms' if key == 'phone' else key) }} as normalised_key,
        {{ 'cast(' ~ rank ~ ' as ' ~ text ~ ')' if rank else "''" }} as source_rank,
        {{ addresses | join(' or ') or 'false' }} as holds_address,
        case
            when {{ characters_of_texts }} + {{ room_for_others }} > {{ max_characters }}
                then length(concat({{ values | join(', ') }}))
            else {{ characters_of_texts }}
        end as characters
    from {{ relation }}

),

counted as (

    select
        *,
        count(*) over (partition by source_key, source_rank) as times
    from checked

),

judged as (

    select
        case
            when normalised_key is null then 'The key is missing.'
            when source_key <> normalised_key then 'The key is not written as the platform stores it.'
            {%- if rank %}
            when source_rank is null then 'The rank is missing.'
            {%- endif %}
            when times > 1 then '{{ 'Key and rank are' if rank else 'The key is' }} not unique.'
            when holds_address then 'A column holds an e-mail address, and its meta does not say pii: true.'
            when characters > {{ max_characters }} then 'The row has more than {{ max_characters }} characters.'
        end as problem,
        source_key
    from counted

)

select
    problem,
    source_key
from shape
union all
select
    problem,
    source_key
from judged
where problem is not null
{%- else %}

select
    problem,
    source_key
from shape
{%- endif %}
{% endmacro %}

{#-
    The platform can read the model as an external data source, and finds nothing there that it should not.

    Of the columns: the key is there, types are scalar and from the safe list, names are lower case and not reserved, no
    column but the key holds personal data (by its name or by an e-mail address in it) unless its meta says `pii: true`.
    Of the rows: the key is there, unique (with `rank`: key and rank are) and written as the platform stores it; no row is
    longer than the platform's templates should have to carry.

    Each failing row names its problem; what is wrong with columns is printed too. Rows are looked at once the columns are
    right: many a wrong column could not be read.

    Args:
        key: name of the key column, that of var `contact_key` by default. `email` is compared in lower case, `phone` as
            digits, anything else as text without blanks around it.
        rank: of sources with several rows per key, the column that numbers them.
        max_characters: of all columns of a row together.
-#}
{% test external_source(model, key=none, rank=none, max_characters=1000000) %}

{%- set key = key or esputnik.contact_key_name() -%}
{%- set columns = esputnik.source_columns(model) if execute else [] -%}
{%- set problems = esputnik.source_shape_problems(columns, key, rank) if execute else [] -%}
{%- set text = dbt.type_string() -%}
{%- for problem in problems -%}{%- do log(model ~ ': ' ~ problem, info=true) -%}{%- endfor %}

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
    {%- set texts = [] -%}
    {%- set addresses = [] -%}
    {%- for column in columns -%}
        {%- do texts.append('coalesce(cast(' ~ column.name ~ ' as ' ~ text ~ "), '')") -%}
        {%- if column.data_type | lower in ['string', 'varchar'] and column.name != key and not column.is_personal -%}
            {%- do addresses.append("coalesce(" ~ column.name ~ " like '%_@_%._%', false)") -%}
        {%- endif -%}
    {%- endfor %},

checked as (

    select
        cast({{ key }} as {{ text }}) as source_key,
        {{ esputnik.normalised_key(key, 'sms' if key == 'phone' else key) }} as normalised_key,
        {{ 'cast(' ~ rank ~ ' as ' ~ text ~ ')' if rank else "''" }} as source_rank,
        {{ addresses | join(' or ') or 'false' }} as holds_address,
        -- One call, not a sum: BigQuery nests what an operator adds up, and limits how deep.
        length(concat({{ texts | join(', ') }})) as characters
    from {{ model }}

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

{% endtest %}

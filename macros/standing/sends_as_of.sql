{#-
    The rule of `int_sends`: the sends of fct_sends as they stood at `as_of`, or so many days ago. What happened later has
    not happened yet.
-#}
{% macro sends_as_of(days_ago=0) -%}
{%- set moment = esputnik.as_of(days_ago) -%}
{#- Sends to which nothing happened later are read by themselves, as fct_sends has stored their flags. DuckDB knows the
    greatest time of a table, so most often it drops the second read. A case in the place of two reads would read the
    columns of both its branches. -#}
{%- set settled_apart = not esputnik.bills_reads() -%}
with

final as (

    {%- for is_settled in [true, false] if settled_apart or not is_settled %}
    select
        send_id,
        contact_id,
        message_instance_id,
        broadcast_id,
        workflow_id,
        workflow_instance_id,
        workflow_block_id,
        message_id,
        message_language_code,
        channel,
        reports_opens,
        {{ esputnik.send_flags(moment, is_settled) }},
        is_no_touch,
        send_day,
        send_date,
        send_hour,
        first_activity_at,
        {%- if is_settled %}
        sent_at,
        last_delivered_at,
        last_response_at
        {%- else %}
        case when sent_at <= {{ moment }} then sent_at end as sent_at,
        -- Where the last of several came later, the first is the latest known then.
        case
            when last_delivered_at <= {{ moment }} then last_delivered_at
            when first_delivered_at <= {{ moment }} then first_delivered_at
        end as last_delivered_at,
        case
            when last_response_at <= {{ moment }} then last_response_at
            when first_response_at <= {{ moment }} then first_response_at
        end as last_response_at
        {%- endif %}
    from {{ ref('fct_sends') }}
    where
        {{ esputnik.utc_day_window('send_day', days_ago=days_ago) }}
        and first_activity_at <= {{ moment }}
        {%- if settled_apart %}
        and last_activity_at {{ '<=' if is_settled else '>' }} {{ moment }}
        {%- endif %}
    {%- if is_settled %}
    union all
    {%- endif %}
    {%- endfor %}

)

select * from final
{%- endmacro %}

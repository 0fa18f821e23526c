{%- set measures = {
    'counted': esputnik.send_count_names(),
    'converted': ['converted_sends', 'converted_opened', 'converted_clicked'],
    'credited': ['orders', 'revenue', 'delivered_revenue'],
} %}

with

messages as (

    select * from {{ ref('dim_messages') }}

),

send_totals as (

    select * from {{ ref('int_send_totals') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

credits as (

    select * from {{ ref('int_report_credits') }}

),

attribution_model as (

    select * from {{ ref('int_report_attribution_model') }}

),

counted as (

    select
        message_id,
        coalesce(message_language_code, 'unknown') as message_language_code,
        channel,
        {{ esputnik.summed_send_counts() }}
    from send_totals
    group by 1, 2, 3

),

converted as (

    select
        message_id,
        coalesce(message_language_code, 'unknown') as message_language_code,
        channel,
        {{ esputnik.conversion_counts() }}
    from conversions
    group by 1, 2, 3

),

-- No model of attribution knows languages: a credit's is that of the send it goes to. No broadcast is 0.
languages as (

    select
        contact_id,
        message_instance_id,
        coalesce(broadcast_id, 0) as broadcast_or_none,
        max(message_language_code) as message_language_code
    from conversions
    group by 1, 2, 3

),

credited as (

    select
        credits.message_id,
        credits.channel,
        {{ esputnik.money('credits.credit') }} as orders,
        {{ esputnik.money('credits.revenue') }} as revenue,
        {{ esputnik.money('credits.delivered_revenue') }} as delivered_revenue,
        coalesce(languages.message_language_code, 'unknown') as message_language_code
    from credits
    left join languages
        on
            credits.contact_id = languages.contact_id
            and credits.message_instance_id = languages.message_instance_id
            and coalesce(credits.broadcast_id, 0) = languages.broadcast_or_none

),

-- Stacked and summed, not joined: each side may know a message alone, and some have no number.
stacked as (

    {%- for side, known in measures.items() %}
    select
        {%- for measure in measures.values() | sum(start=[]) %}
        {%- set nothing = esputnik.money('0') if measure in measures.credited else '0' %}
        {{ measure if measure in known else nothing ~ ' as ' ~ measure }},
        {%- endfor %}
        message_id,
        message_language_code,
        channel
    from {{ side }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

summed as (

    select
        message_id,
        message_language_code,
        channel,
        {{ esputnik.summed_send_counts() }},
        {%- for count in measures.converted %}
        cast(sum({{ count }}) as {{ esputnik.contract_type('INT64') }}) as {{ count }},
        {%- endfor %}
        sum(orders) as orders,
        sum(revenue) as revenue,
        sum(delivered_revenue) as delivered_revenue
    from stacked
    group by 1, 2, 3

),

rated as (

    select
        *,
        {{ esputnik.send_rates() }},
        {{ esputnik.conversion_rates() }}
    from summed

),

final as (

    select
        rated.message_id,
        messages.message_name,
        rated.message_language_code,
        rated.channel,

        rated.sends,
        rated.delivered,
        rated.bounced,
        rated.opened,
        rated.clicked,
        rated.unsubscribed,
        rated.complained,
        rated.suspected_opens,
        rated.suspected_clicks,

        rated.delivery_rate,
        rated.bounce_rate,
        rated.open_rate,
        rated.click_rate,
        rated.click_to_open_rate,
        rated.unsubscribe_rate,
        rated.complaint_rate,

        {{ esputnik.rounded('rated.orders', 4) }} as orders,
        {{ esputnik.rounded('rated.revenue') }} as revenue,
        {{ esputnik.rounded('rated.delivered_revenue') }} as delivered_revenue,
        '{{ esputnik.account_currency() }}' as currency,
        rated.conversion_rate,
        rated.revenue_per_delivered,
        rated.purchase_to_open_rate,
        rated.purchase_to_click_rate,
        attribution_model.attribution_model
    from rated
    cross join attribution_model
    left join messages on rated.message_id = messages.message_id

)

select * from final

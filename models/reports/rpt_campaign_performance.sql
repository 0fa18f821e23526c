with

broadcasts as (

    select * from {{ ref('dim_broadcasts') }}

),

send_totals as (

    select * from {{ ref('int_send_totals') }}
    where broadcast_id is not null

),

conversions as (

    select * from {{ ref('int_conversions') }}
    where broadcast_id is not null

),

credits as (

    select * from {{ ref('int_report_credits') }}
    where broadcast_id is not null

),

attribution_model as (

    select * from {{ ref('int_report_attribution_model') }}

),

counted as (

    select
        broadcast_id,
        {{ esputnik.channel_of_send() }} as channel,
        {{ esputnik.summed_send_counts() }}
    from send_totals
    group by broadcast_id

),

converted as (

    select
        broadcast_id,
        {{ esputnik.conversion_counts() }}
    from conversions
    group by broadcast_id

),

credited as (

    select
        broadcast_id,
        sum(credit) as orders,
        sum(revenue) as revenue,
        sum(delivered_revenue) as delivered_revenue
    from credits
    group by broadcast_id

),

-- Broadcasts that only the activities or the revenue tell of are reported too, without a name.
broadcast_ids as (

    select broadcast_id from broadcasts
    union distinct
    select broadcast_id from counted
    union distinct
    select broadcast_id from credited

),

joined as (

    select
        broadcast_ids.broadcast_id,
        broadcasts.broadcast_name,
        broadcasts.started_at,
        coalesce(broadcasts.channel, counted.channel, 'other') as channel,
        {%- for count in esputnik.send_count_names() %}
        coalesce(counted.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        coalesce(converted.converted_sends, 0) as converted_sends,
        coalesce(converted.converted_opened, 0) as converted_opened,
        coalesce(converted.converted_clicked, 0) as converted_clicked,
        coalesce(credited.orders, 0) as orders,
        coalesce(credited.revenue, 0) as revenue,
        coalesce(credited.delivered_revenue, 0) as delivered_revenue
    from broadcast_ids
    left join broadcasts on broadcast_ids.broadcast_id = broadcasts.broadcast_id
    left join counted on broadcast_ids.broadcast_id = counted.broadcast_id
    left join converted on broadcast_ids.broadcast_id = converted.broadcast_id
    left join credited on broadcast_ids.broadcast_id = credited.broadcast_id

),

rated as (

    select
        *,
        {{ esputnik.send_rates() }},
        {{ esputnik.conversion_rates() }}
    from joined

),

final as (

    select
        rated.broadcast_id,
        rated.broadcast_name,
        rated.channel,
        rated.started_at,
        {{ esputnik.local_date('rated.started_at') }} as started_date,

        {%- for count in esputnik.send_count_names() %}
        rated.{{ count }},
        {%- endfor %}

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

)

select * from final

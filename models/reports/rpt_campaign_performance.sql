with

broadcasts as (

    select * from {{ ref('dim_broadcasts') }}

),

all_sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and broadcast_id is not null

),

attribution_model as (

    select * from {{ ref('int_report_attribution_model') }}

),

attribution as (

    select * from {{ ref('fct_attribution') }}
    where broadcast_id is not null

),

credits as (

    select
        attribution.broadcast_id,
        attribution.touched_contact_id as contact_id,
        attribution.message_instance_id,
        attribution.credit,
        case when attribution.is_in_account_currency = 1 then attribution.revenue else 0 end as revenue
    from attribution
    inner join attribution_model on attribution.attribution_model = attribution_model.attribution_model

),

converted as (

    select distinct
        broadcast_id,
        contact_id,
        message_instance_id
    from credits

),

sends as (

    select
        all_sends.*,
        case when converted.broadcast_id is not null then 1 else 0 end as is_converted
    from all_sends
    left join converted
        on
            all_sends.broadcast_id = converted.broadcast_id
            and all_sends.contact_id = converted.contact_id
            and all_sends.message_instance_id = converted.message_instance_id

),

counted as (

    select
        broadcast_id,
        {{ esputnik.channel_of_send() }} as channel,
        max(reports_opens) as reports_opens,
        {{ esputnik.send_counts() }},
        {{ esputnik.count_where('is_converted = 1') }} as converted_sends,
        {{ esputnik.count_where('is_converted = 1 and is_opened = 1') }} as converted_opened,
        {{ esputnik.count_where('is_converted = 1 and is_clicked = 1') }} as converted_clicked
    from sends
    group by broadcast_id

),

credited as (

    select
        broadcast_id,
        sum(credit) as orders,
        sum(revenue) as revenue
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
        coalesce(counted.reports_opens, 0) as reports_opens,
        coalesce(counted.sends, 0) as sends,
        coalesce(counted.delivered, 0) as delivered,
        coalesce(counted.bounced, 0) as bounced,
        coalesce(counted.opened, 0) as opened,
        coalesce(counted.clicked, 0) as clicked,
        coalesce(counted.unsubscribed, 0) as unsubscribed,
        coalesce(counted.complained, 0) as complained,
        coalesce(counted.suspected_opens, 0) as suspected_opens,
        coalesce(counted.suspected_clicks, 0) as suspected_clicks,
        coalesce(counted.converted_sends, 0) as converted_sends,
        coalesce(counted.converted_opened, 0) as converted_opened,
        coalesce(counted.converted_clicked, 0) as converted_clicked,
        coalesce(credited.orders, 0) as orders,
        coalesce(credited.revenue, 0) as revenue
    from broadcast_ids
    left join broadcasts on broadcast_ids.broadcast_id = broadcasts.broadcast_id
    left join counted on broadcast_ids.broadcast_id = counted.broadcast_id
    left join credited on broadcast_ids.broadcast_id = credited.broadcast_id

),

rated as (

    select
        *,
        {{ esputnik.send_rates() }}
    from joined

),

final as (

    select
        rated.broadcast_id,
        rated.broadcast_name,
        rated.channel,
        rated.started_at,
        {{ esputnik.local_date('rated.started_at') }} as started_date,

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
        '{{ var("account_currency") }}' as currency,
        {{ esputnik.ratio('rated.converted_sends', 'rated.delivered') }} as conversion_rate,
        {{ esputnik.rounded(esputnik.ratio('rated.revenue', 'rated.delivered'), 4) }} as revenue_per_delivered,
        case when rated.reports_opens = 1 then {{ esputnik.ratio('rated.converted_opened', 'rated.opened') }} end
            as purchase_to_open_rate,
        {{ esputnik.ratio('rated.converted_clicked', 'rated.clicked') }} as purchase_to_click_rate,
        attribution_model.attribution_model
    from rated
    cross join attribution_model

)

select * from final

{#- Four weeks are judged, each day by the same weekday of the eight weeks before it; two days are too young. -#}
{%- set youngest, judged_days, baseline_days = 2, 28, 56 -%}
{%- set first_age = youngest + judged_days - 1 + baseline_days -%}
{%- set rates = ['delivery_rate', 'open_rate', 'click_rate', 'unsubscribe_rate', 'complaint_rate'] -%}

with

sends as (

    select
        *,
        -- What happened within 24 hours of the send, so that young days compare with old ones.
        least({{ esputnik.add_seconds('first_activity_at', 86400) }}, {{ esputnik.as_of() }}) as cut_off_at
    from {{ ref('fct_sends') }}
    where
        {{ esputnik.utc_day_window('send_day', first_age + 1) }}
        and send_date between {{ esputnik.as_of_date(first_age) }} and {{ esputnik.as_of_date(youngest) }}

),

orders as (

    select * from {{ ref('fct_orders') }}
    where is_valid = 1

),

channel_days as (

    select * from {{ ref('rpt_channel_daily') }}

),

rules as (

    select * from {{ ref('anomaly_rules') }}

),

flagged as (

    select
        channel,
        send_date,
        reports_opens,
        {{ esputnik.send_flags('cut_off_at') }}
    from sends

),

counted as (

    select
        send_date,
        channel,
        {{ esputnik.send_counts() }}
    from flagged
    group by send_date, channel

),

rated as (

    select
        send_date,
        channel,
        sends,
        delivered,
        {{ esputnik.send_rates() }}
    from counted

),

bought as (

    select
        order_date,
        count(*) as orders,
        sum({{ esputnik.in_account_currency('total_cost') }}) as revenue
    from orders
    group by order_date

),

-- A series begins with the first day that has anything; from then on a day without a row counts 0.
series as (

    select
        channel,
        min(send_date) as first_date
    from channel_days
    group by channel
    union all
    select
        'all' as channel,
        min(order_date) as first_date
    from bought

),

calendar as (

    select {{ esputnik.add_to_date(esputnik.as_of_date(first_age), 'day_number', 'day') }} as metric_date
    from {{ esputnik.numbers_up_to(first_age - youngest, 'day_number') }}

),

days as (

    select
        series.channel,
        calendar.metric_date
    from series
    inner join calendar on series.first_date <= calendar.metric_date

),

measured_sends as (

    select
        rules.metric,
        days.channel,
        days.metric_date,
        case rules.metric
            when 'sends' then cast(coalesce(rated.sends, 0) as {{ esputnik.contract_type('FLOAT64') }})
            {%- for rate in rates %}
            when '{{ rate }}' then rated.{{ rate }}
            {%- endfor %}
        end as metric_value,
        case
            when rules.metric in ('sends', 'delivery_rate') then coalesce(rated.sends, 0)
            else rated.delivered
        end as volume
    from days
    cross join rules
    left join rated
        on
            days.channel = rated.channel
            and days.metric_date = rated.send_date
    where days.channel <> 'all'

),

measured_orders as (

    select
        rules.metric,
        days.channel,
        days.metric_date,
        cast(
            case rules.metric
                when 'orders' then coalesce(bought.orders, 0)
                when 'revenue' then coalesce(bought.revenue, 0)
            end as {{ esputnik.contract_type('FLOAT64') }}
        ) as metric_value,
        coalesce(bought.orders, 0) as volume
    from days
    cross join rules
    left join bought on days.metric_date = bought.order_date
    where days.channel = 'all'

),

-- A rate without a denominator is no value.
measured as (

    select * from measured_sends
    where metric_value is not null
    union all
    select * from measured_orders
    where metric_value is not null

),

compared as (

    select
        judged.metric,
        judged.channel,
        judged.metric_date,
        judged.metric_value,
        judged.volume,
        baseline.metric_value as usual_value,
        {{ esputnik.percentile(
            'baseline.metric_value', 0.5, 'judged.metric, judged.channel, judged.metric_date'
        ) }} as median_value,
        {{ esputnik.percentile(
            'baseline.volume', 0.5, 'judged.metric, judged.channel, judged.metric_date'
        ) }} as median_volume
    from measured as judged
    left join measured as baseline
        on
            judged.metric = baseline.metric
            and judged.channel = baseline.channel
            and {{ esputnik.days_between('baseline.metric_date', 'judged.metric_date') }} >= 1
            and {{ esputnik.days_between('baseline.metric_date', 'judged.metric_date') }} <= {{ baseline_days }}
            and mod({{ esputnik.days_between('baseline.metric_date', 'judged.metric_date') }}, 7) = 0
    where judged.metric_date >= {{ esputnik.as_of_date(youngest + judged_days - 1) }}

),

deviating as (

    select
        *,
        {{ esputnik.percentile('abs(usual_value - median_value)', 0.5, 'metric, channel, metric_date') }} as mad
    from compared

),

summed as (

    select
        metric,
        channel,
        metric_date,
        metric_value,
        volume,
        count(usual_value) as usual_days,
        max(median_value) as median_value,
        max(median_volume) as median_volume,
        max(mad) as mad
    from deviating
    group by metric, channel, metric_date, metric_value, volume

),

judged as (

    select
        summed.metric,
        summed.channel,
        summed.metric_date,
        summed.metric_value,
        summed.volume,
        summed.usual_days,
        summed.median_value,
        summed.mad,
        case when summed.mad is not null then 3.5 * greatest(1.4826 * summed.mad, rules.floor) end as threshold,
        case
            when summed.usual_days < 4 then 0
            -- A rate needs its own day's volume. A count that broke down is known by what is usual.
            when summed.metric in ('sends', 'orders', 'revenue') and summed.median_volume >= rules.min_volume then 1
            when summed.volume >= rules.min_volume then 1
            else 0
        end as is_judged
    from summed
    inner join rules on summed.metric = rules.metric

),

final as (

    select
        metric,
        channel,
        metric_date,
        volume,
        metric_value,
        usual_days,
        median_value,
        mad,
        threshold,
        case
            when is_judged = 1 and abs(metric_value - median_value) > threshold then 1
            when is_judged = 1 then 0
        end as is_anomalous
    from judged

)

select * from final

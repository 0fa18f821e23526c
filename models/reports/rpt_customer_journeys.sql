with

-- Model linear has every touch of an order, and one row without a touch where there was none.
touches as (

    select
        *,
        lag(channel) over (partition by order_id order by touch_number) as previous_channel
    from {{ ref('fct_attribution') }}
    where attribution_model = 'linear'

),

-- A channel that comes several times running is one step of the path.
journeys as (

    select
        order_id,
        currency,
        case
            when contact_key is null then 'unknown'
            when is_first_order = 1 then 'first'
            else 'repeat'
        end as order_type,
        case
            when max(is_attributed) = 0 then 'none'
            else string_agg(
                case when previous_channel is null or previous_channel <> channel then channel end, ' > '
                order by touch_number
            )
        end as channel_path,
        {{ esputnik.count_where('is_attributed = 1') }} as touches,
        sum(revenue) as revenue,
        ({{ esputnik.unix_micros('max(order_at)') }} - {{ esputnik.unix_micros('min(touch_at)') }}) / 3600000000
            as hours_to_order
    from touches
    group by order_id, currency, contact_key, is_first_order

),

measured as (

    select
        *,
        {{ esputnik.percentile('hours_to_order', 0.5, 'order_type, channel_path, currency') }} as median_hours_to_order
    from journeys

),

counted as (

    select
        order_type,
        channel_path,
        currency,
        count(*) as orders,
        sum(revenue) as revenue,
        avg(touches) as average_touches,
        max(median_hours_to_order) as median_hours_to_order
    from measured
    group by order_type, channel_path, currency

),

final as (

    select
        order_type,
        channel_path,
        currency,
        orders,
        orders / sum(orders) over (partition by order_type, currency) as share_of_orders,
        {{ esputnik.rounded('revenue') }} as revenue,
        {{ esputnik.rounded('average_touches') }} as average_touches,
        {{ esputnik.rounded('median_hours_to_order') }} as median_hours_to_order
    from counted

)

select * from final

{{ config(cluster_by=['attribution_model', 'order_id']) }}

{%- set half_life_micros = esputnik.whole_number('attribution_half_life_hours') * 3600 * 1000000 %}
{%- set float = esputnik.contract_type('FLOAT64') %}

with

orders as (

    select
        *,
        {{ esputnik.unix_micros('order_at') }} as order_micros
    from {{ ref('fct_orders') }}
    where is_valid = 1

),

platform_touches as (

    select * from {{ ref('int_platform_touches') }}

),

touches as (

    select * from {{ ref('int_touches') }}

),

-- place: 1 is the last touch, which wins last_touch and takes what rounding leaves.
platform_ranked as (

    select
        *,
        row_number() over (
            partition by order_id
            order by
                touch_at desc,
                message_instance_id desc,
                broadcast_id desc,
                workflow_id desc,
                contact_id desc,
                activity_status desc
        ) as place
    from platform_touches

),

ranked as (

    select
        *,
        row_number() over (
            partition by order_id
            order by
                touch_at desc,
                event_rank desc,
                message_instance_id desc,
                broadcast_id desc,
                workflow_instance_id desc,
                send_id desc
        ) as place,
        -- At equal times a click beats an open here too, and then the highest ids win.
        row_number() over (
            partition by order_id
            order by
                touch_at asc,
                event_rank desc,
                message_instance_id desc,
                broadcast_id desc,
                workflow_instance_id desc,
                send_id desc
        ) as place_from_first
    from touches

),

weighted as (

    select
        'platform' as attribution_model,
        platform_ranked.order_id,
        platform_ranked.place,
        cast(null as {{ dbt.type_string() }}) as send_id,
        platform_ranked.contact_id,
        platform_ranked.channel,
        platform_ranked.message_id,
        platform_ranked.message_instance_id,
        platform_ranked.broadcast_id,
        platform_ranked.workflow_id,
        platform_ranked.touch_at,
        orders.total_cost,
        cast(1 as {{ float }}) as weight
    from platform_ranked
    inner join orders on platform_ranked.order_id = orders.order_id
    {%- for model, weight in {
        'last_touch': 'case when ranked.place = 1 then 1 else 0 end',
        'first_touch': 'case when ranked.place_from_first = 1 then 1 else 0 end',
        'linear': '1',
        'time_decay': 'pow(0.5, (orders.order_micros - ' ~ esputnik.unix_micros('ranked.touch_at') ~ ') / '
            ~ half_life_micros ~ ')',
    }.items() %}
    union all
    select
        '{{ model }}' as attribution_model,
        ranked.order_id,
        ranked.place,
        ranked.send_id,
        ranked.contact_id,
        ranked.channel,
        ranked.message_id,
        ranked.message_instance_id,
        ranked.broadcast_id,
        ranked.workflow_id,
        ranked.touch_at,
        orders.total_cost,
        cast({{ weight }} as {{ float }}) as weight
    from ranked
    inner join orders on ranked.order_id = orders.order_id
    {%- endfor %}

),

shared as (

    select
        *,
        sum(weight) over (partition by attribution_model, order_id) as weight_of_order,
        count(*) over (partition by attribution_model, order_id) as touches_of_order,
        row_number() over (partition by attribution_model, order_id order by place) as place_among_credited
    from weighted
    where weight > 0

),

portions as (

    select
        *,
        -- Cast back: DuckDB gives what it rounds fewer places, and sums in them.
        {{ esputnik.money('round(' ~ esputnik.money('weight / weight_of_order') ~ ', 4)') }} as portion,
        {{ esputnik.money('round(' ~ esputnik.money('total_cost * weight / weight_of_order') ~ ', 2)') }} as amount
    from shared

),

summed as (

    select
        *,
        sum(portion) over (partition by attribution_model, order_id) as portions_of_order,
        sum(amount) over (partition by attribution_model, order_id) as amounts_of_order
    from portions

),

-- The last touch takes what rounding leaves, so that credits sum to exactly 1 and revenue to the order's total.
credits as (

    select
        *,
        touches_of_order - place_among_credited + 1 as touch_number,
        {{ esputnik.money(
            'case when place_among_credited = 1 then 1 - portions_of_order + portion else portion end'
        ) }} as credit,
        {{ esputnik.money(
            'case when place_among_credited = 1 then total_cost - amounts_of_order + amount else amount end'
        ) }} as revenue
    from summed

),

models as (

    {%- for model in esputnik.attribution_models() %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select '{{ model }}' as attribution_model
    {%- endfor %}

),

-- Every model has every order: those that nothing touched keep their one credit.
final as (

    select
        models.attribution_model,
        orders.order_id,
        credits.touch_number,
        case when credits.order_id is not null then 1 else 0 end as is_attributed,

        coalesce(credits.channel, 'unattributed') as channel,
        credits.broadcast_id,
        credits.workflow_id,
        credits.message_id,
        credits.message_instance_id,
        credits.send_id,
        credits.contact_id as touched_contact_id,
        credits.touch_at,

        coalesce(credits.credit, {{ esputnik.money('1') }}) as credit,
        coalesce(credits.revenue, orders.total_cost) as revenue,
        orders.currency,
        orders.is_in_account_currency,

        orders.contact_key,
        orders.is_delivered,
        orders.is_first_order,
        orders.order_at,
        orders.order_date,
        orders.order_month
    from orders
    cross join models
    left join credits
        on
            models.attribution_model = credits.attribution_model
            and orders.order_id = credits.order_id

)

select * from final

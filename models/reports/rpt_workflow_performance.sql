{%- set int64 = esputnik.contract_type('INT64') %}

with

-- What a broadcast sent is the broadcast's, whatever workflow it names.
sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and broadcast_id is null
        and workflow_id is not null

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

by_launch as (

    select
        sends.workflow_id,
        sends.workflow_instance_id,
        coalesce(sends.workflow_block_id, 'unknown') as block_id,
        contacts.contact_key,
        case when sends.workflow_instance_id is not null then 1 else 0 end as is_of_launch,
        {{ esputnik.channel_of_send() }} as channel,
        min({{ esputnik.unix_micros('sends.first_activity_at') }}) as sent_micros,
        {{ esputnik.send_counts() }}
    from sends
    left join contacts on sends.contact_id = contacts.contact_id
    group by 1, 2, 3, 4, 5

),

-- From here on in one line, each step read once by the next: BigQuery reads the sends anew for every look at them.
placed as (

    select
        *,
        row_number() over (
            partition by workflow_id, workflow_instance_id order by sent_micros, block_id, contact_key
        ) as place_in_launch,
        row_number() over (
            partition by workflow_id, workflow_instance_id, block_id order by sent_micros, contact_key
        ) as place_in_block,
        sent_micros - min(sent_micros) over (partition by workflow_id, workflow_instance_id) as micros_since_start
    from by_launch

),

-- A launch begins with one row, and arrives at each of its blocks with one.
arrived as (

    select
        *,
        case when is_of_launch = 1 and place_in_launch = 1 then 1 else 0 end as is_start,
        case when is_of_launch = 1 and place_in_block = 1 then 1 else 0 end as is_arrival,
        case when is_of_launch = 1 and place_in_block = 1 then micros_since_start end as waited_micros
    from placed

),

waited as (

    select
        *,
        {{ esputnik.percentile('waited_micros', 0.5, 'workflow_id, block_id') }} as median_micros
    from arrived

),

-- The export does not tell the order of blocks: first comes what launches reach soonest after they began.
stepped as (

    select
        *,
        dense_rank() over (
            partition by workflow_id
            order by case when median_micros is null then 1 else 0 end, median_micros, block_id
        ) as step_number
    from waited

),

followed as (

    select
        *,
        lag(step_number) over (
            partition by workflow_id, workflow_instance_id, is_arrival order by step_number
        ) as arrival_before
    from stepped

),

counted as (

    select
        workflow_id,
        step_number,
        block_id,
        {{ esputnik.channel_of_send() }} as channel,
        max(median_micros) as median_micros,
        {{ esputnik.count_where('is_start = 1') }} as launches_begun,
        {{ esputnik.count_where('is_arrival = 1') }} as launches,
        {{ esputnik.count_where('is_arrival = 1 and arrival_before = step_number - 1') }} as launches_from_step_before,
        {{ esputnik.summed_send_counts() }},
        count(distinct contact_key) as people
    from followed
    group by 1, 2, 3

),

compared as (

    select
        *,
        cast(sum(launches_begun) over (partition by workflow_id) as {{ int64 }}) as workflow_launches,
        lag(launches) over (partition by workflow_id order by step_number) as launches_of_step_before
    from counted

),

final as (

    select
        workflow_id,
        step_number,
        block_id as workflow_block_id,
        channel,
        {{ esputnik.rounded('median_micros / 3600000000') }} as median_hours_since_start,

        workflow_launches,
        launches,
        {{ esputnik.ratio('launches', 'workflow_launches') }} as share_of_launches,
        case when step_number > 1 then launches_from_step_before end as launches_from_step_before,
        {{ esputnik.ratio('(launches_of_step_before - launches_from_step_before)', 'launches_of_step_before') }}
            as drop_off_rate,

        people,
        {{ esputnik.send_count_names() | join(',\n        ') }},
        {{ esputnik.send_rates() }}
    from compared

)

select * from final

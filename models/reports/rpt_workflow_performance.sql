with

contacts as (

    select * from {{ ref('int_contacts') }}

),

-- What a broadcast sent is the broadcast's, whatever workflow it names.
sends as (

    select * from {{ ref('int_sends') }}
    where
        {{ esputnik.utc_day_window('send_day') }}
        and broadcast_id is null
        and workflow_id is not null

),

keyed as (

    select
        sends.*,
        contacts.contact_key,
        coalesce(sends.workflow_block_id, 'unknown') as block_id
    from sends
    left join contacts on sends.contact_id = contacts.contact_id

),

counted as (

    select
        workflow_id,
        block_id,
        {{ esputnik.channel_of_send() }} as channel,
        max(reports_opens) as reports_opens,
        count(distinct workflow_instance_id) as launches,
        count(distinct contact_key) as people,
        {{ esputnik.send_counts() }}
    from keyed
    group by workflow_id, block_id

),

reached as (

    select
        workflow_id,
        workflow_instance_id,
        block_id,
        min({{ esputnik.unix_micros('first_activity_at') }}) as reached_micros
    from keyed
    where workflow_instance_id is not null
    group by workflow_id, workflow_instance_id, block_id

),

waited as (

    select
        *,
        reached_micros - min(reached_micros) over (partition by workflow_id, workflow_instance_id) as waited_micros
    from reached

),

medians as (

    select
        *,
        {{ esputnik.percentile('waited_micros', 0.5, 'workflow_id, block_id') }} as median_micros
    from waited

),

waits as (

    select
        workflow_id,
        block_id,
        max(median_micros) as median_micros
    from medians
    group by workflow_id, block_id

),

-- The export does not tell the order of blocks: first comes what launches reach soonest after they began.
steps as (

    select
        counted.*,
        waits.median_micros,
        row_number() over (
            partition by counted.workflow_id
            order by
                case when waits.median_micros is null then 1 else 0 end,
                waits.median_micros,
                counted.block_id
        ) as step_number
    from counted
    left join waits
        on
            counted.workflow_id = waits.workflow_id
            and counted.block_id = waits.block_id

),

launch_steps as (

    select
        reached.workflow_id,
        reached.workflow_instance_id,
        steps.step_number,
        lag(steps.step_number) over (
            partition by reached.workflow_id, reached.workflow_instance_id order by steps.step_number
        ) as step_before
    from reached
    inner join steps
        on
            reached.workflow_id = steps.workflow_id
            and reached.block_id = steps.block_id

),

continued as (

    select
        workflow_id,
        step_number,
        {{ esputnik.count_where('step_before = step_number - 1') }} as launches_from_step_before
    from launch_steps
    group by workflow_id, step_number

),

workflows as (

    select
        workflow_id,
        count(distinct workflow_instance_id) as workflow_launches
    from reached
    group by workflow_id

),

joined as (

    select
        steps.*,
        coalesce(workflows.workflow_launches, 0) as workflow_launches,
        coalesce(continued.launches_from_step_before, 0) as launches_from_step_before,
        lag(steps.launches) over (partition by steps.workflow_id order by steps.step_number) as launches_of_step_before
    from steps
    left join workflows on steps.workflow_id = workflows.workflow_id
    left join continued
        on
            steps.workflow_id = continued.workflow_id
            and steps.step_number = continued.step_number

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
        sends,
        delivered,
        bounced,
        opened,
        clicked,
        unsubscribed,
        complained,
        suspected_opens,
        suspected_clicks,
        {{ esputnik.send_rates() }}
    from joined

)

select * from final

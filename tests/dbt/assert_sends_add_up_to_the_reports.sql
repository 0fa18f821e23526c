-- Every send is a broadcast's, a workflow's or a single message's, and has one message, channel and day: no report of
-- sends loses one or counts it twice.
with

sends as (

    select * from {{ ref('int_sends') }}
    where {{ esputnik.utc_day_window('send_day') }}

),

counted as (

    select
        count(*) as sends,
        {{ esputnik.count_where('broadcast_id is null and workflow_id is null') }} as single_sends
    from sends

),

campaigns as (

    select coalesce(sum(sends), 0) as sends from {{ ref('rpt_campaign_performance') }}

),

workflows as (

    select coalesce(sum(sends), 0) as sends from {{ ref('rpt_workflow_performance') }}

),

messages as (

    select coalesce(sum(sends), 0) as sends from {{ ref('rpt_message_performance') }}

),

days as (

    select coalesce(sum(sends), 0) as sends from {{ ref('rpt_channel_daily') }}

)

select
    counted.sends,
    counted.single_sends,
    campaigns.sends as campaign_sends,
    workflows.sends as workflow_sends,
    messages.sends as message_sends,
    days.sends as daily_sends
from counted
cross join campaigns
cross join workflows
cross join messages
cross join days
where
    campaigns.sends + workflows.sends + counted.single_sends <> counted.sends
    or messages.sends <> counted.sends
    or days.sends <> counted.sends

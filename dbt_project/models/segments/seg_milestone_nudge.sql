with

milestones as (

    select * from {{ ref('esputnik', 'seg_purchase_milestones') }}

),

rhythms as (

    select * from {{ ref('esputnik', 'seg_churn_risk') }}

),

reachability as (

    select * from {{ ref('esputnik', 'seg_reachability') }}

)

select
    milestones.email,
    milestones.orders_count,
    milestones.next_milestone,
    rhythms.days_to_expected_order,
    reachability.reachable_mobile_push
from milestones
inner join rhythms on milestones.email = rhythms.email
inner join reachability on milestones.email = reachability.email
where
    milestones.orders_to_next_milestone = 1
    and rhythms.days_to_expected_order <= 14
    and reachability.reachable_email + reachability.reachable_mobile_push > 0

-- Every spelling of a channel says the same of it, or sends of one channel would be judged by two rules.
select channel
from {{ ref('channels') }}
group by channel
having count(distinct reports_opens) > 1 or count(distinct is_push) > 1

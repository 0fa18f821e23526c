{{ esputnik.engagement_tier(ref('int_engagement_previous'), days_ago=esputnik.whole_number('compare_days')) }}

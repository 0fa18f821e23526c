{{ esputnik.engagement_tier(ref('int_engagement_previous'), days_ago=var('compare_days')) }}

{{ esputnik.engagement_tier(ref('int_engagement_previous'), days_ago=esputnik.compare_days()) }}

{{ esputnik.engagement_tier(ref('int_engagement')) }}

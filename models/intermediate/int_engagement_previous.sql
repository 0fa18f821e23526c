{{ esputnik.engagement(ref('int_sends_previous'), ref('int_engaged_sends_previous'), days_ago=var('compare_days')) }}

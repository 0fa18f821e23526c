{{ esputnik.engaged_sends(days_ago=var('compare_days')) }}

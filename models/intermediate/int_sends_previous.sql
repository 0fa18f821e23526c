{{ esputnik.sends_as_of(days_ago=var('compare_days')) }}

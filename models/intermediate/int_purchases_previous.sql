{{ esputnik.purchases(days_ago=var('compare_days')) }}

{{ esputnik.purchases(days_ago=esputnik.whole_number('compare_days')) }}

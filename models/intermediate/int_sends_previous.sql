{{ esputnik.sends_as_of(days_ago=esputnik.whole_number('compare_days')) }}

{{ esputnik.engaged_sends(days_ago=esputnik.whole_number('compare_days')) }}

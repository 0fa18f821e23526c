{{ esputnik.engaged_sends(days_ago=esputnik.compare_days()) }}

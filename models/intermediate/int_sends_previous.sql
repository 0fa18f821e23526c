{{ esputnik.sends_as_of(days_ago=esputnik.compare_days()) }}

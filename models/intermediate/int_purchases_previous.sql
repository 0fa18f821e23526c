{{ esputnik.purchases(days_ago=esputnik.compare_days()) }}

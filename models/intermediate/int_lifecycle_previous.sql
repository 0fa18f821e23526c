{{ esputnik.lifecycle(ref('int_purchases_previous'), days_ago=esputnik.compare_days()) }}

{{ esputnik.lifecycle(ref('int_purchases_previous'), days_ago=esputnik.whole_number('compare_days')) }}

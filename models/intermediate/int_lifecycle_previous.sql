{{ esputnik.lifecycle(ref('int_purchases_previous'), days_ago=var('compare_days')) }}

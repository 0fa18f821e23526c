{{ esputnik.rfm(ref('int_purchases_previous')) }}

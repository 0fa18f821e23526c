{{ esputnik.rfm(ref('int_purchases')) }}

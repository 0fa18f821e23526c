{{ esputnik.lifecycle(ref('int_purchases')) }}

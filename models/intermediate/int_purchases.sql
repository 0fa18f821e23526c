{{ esputnik.purchases() }}

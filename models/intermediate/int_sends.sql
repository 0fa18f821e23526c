{{ esputnik.sends_as_of() }}

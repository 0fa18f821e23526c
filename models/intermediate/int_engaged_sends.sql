{{ esputnik.engaged_sends() }}

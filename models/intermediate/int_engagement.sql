{{ esputnik.engagement(ref('int_sends'), ref('int_engaged_sends')) }}

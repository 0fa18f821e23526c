{{
    esputnik.engagement(
        ref('int_sends_previous'), ref('int_engaged_sends_previous'), days_ago=esputnik.whole_number('compare_days')
    )
}}

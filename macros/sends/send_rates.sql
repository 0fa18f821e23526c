{#-
    Rates of the counts of `send_counts`, shares from 0 to 1, null where their denominator is 0. Those of opens are null
    where the channel reports none (`reports_opens`, a column beside the counts): 0 would read as nobody opening.
-#}
{% macro send_rates() -%}
    {{ esputnik.ratio('delivered', 'sends') }} as delivery_rate,
        {{ esputnik.ratio('bounced', 'sends') }} as bounce_rate,
        case when reports_opens = 1 then {{ esputnik.ratio('opened', 'delivered') }} end as open_rate,
        {{ esputnik.ratio('clicked', 'delivered') }} as click_rate,
        case when reports_opens = 1 then {{ esputnik.ratio('clicked', 'opened') }} end as click_to_open_rate,
        {{ esputnik.ratio('unsubscribed', 'delivered') }} as unsubscribe_rate,
        {{ esputnik.ratio('complained', 'delivered') }} as complaint_rate
{%- endmacro %}

{#-
    Rates of the counts of `send_counts`, shares from 0 to 1, null where their denominator is 0. Those of opens leave out
    channels that tell of none: 0 would read as nobody opening.
-#}
{% macro send_rates() -%}
    {{ esputnik.ratio('delivered', 'sends') }} as delivery_rate,
        {{ esputnik.ratio('bounced', 'sends') }} as bounce_rate,
        {{ esputnik.ratio('opened_telling_opens', 'delivered_telling_opens') }} as open_rate,
        {{ esputnik.ratio('clicked', 'delivered') }} as click_rate,
        {{ esputnik.ratio('clicked_telling_opens', 'opened_telling_opens') }} as click_to_open_rate,
        {{ esputnik.ratio('unsubscribed', 'delivered') }} as unsubscribe_rate,
        {{ esputnik.ratio('complained', 'delivered') }} as complaint_rate
{%- endmacro %}

{#-
    What sends brought by the counts of `send_counts` and `conversion_counts` and their credited `revenue`; null where the
    denominator is 0.
-#}
{% macro conversion_rates() -%}
    {{ esputnik.ratio('converted_sends', 'delivered') }} as conversion_rate,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'delivered'), 4) }} as revenue_per_delivered,
        {{ esputnik.ratio('converted_opened', 'opened_telling_opens') }} as purchase_to_open_rate,
        {{ esputnik.ratio('converted_clicked', 'clicked') }} as purchase_to_click_rate
{%- endmacro %}

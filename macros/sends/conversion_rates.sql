{#-
    What sends brought by the counts of `send_counts` and `conversion_counts` and their credited `revenue`; null where the
    denominator is 0, or of opens in a channel that reports none.
-#}
{% macro conversion_rates() -%}
    {{ esputnik.ratio('converted_sends', 'delivered') }} as conversion_rate,
        {{ esputnik.rounded(esputnik.ratio('revenue', 'delivered'), 4) }} as revenue_per_delivered,
        case when reports_opens = 1 then {{ esputnik.ratio('converted_opened', 'opened') }} end
            as purchase_to_open_rate,
        {{ esputnik.ratio('converted_clicked', 'clicked') }} as purchase_to_click_rate
{%- endmacro %}

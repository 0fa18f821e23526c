{#-
    Counts over rows of `int_sends`, as every report of sends names them. Those `telling_opens` are of channels that tell of
    opens: rates of opens divide by them, so that a row may mix channels.
-#}
{% macro send_counts() -%}
    count(*) as sends,
        {{ esputnik.count_where('is_delivered = 1') }} as delivered,
        {{ esputnik.count_where('is_bounced = 1') }} as bounced,
        {{ esputnik.count_where('is_opened = 1') }} as opened,
        {{ esputnik.count_where('is_clicked = 1') }} as clicked,
        {{ esputnik.count_where('is_unsubscribed = 1') }} as unsubscribed,
        {{ esputnik.count_where('is_complained = 1') }} as complained,
        {{ esputnik.count_where('is_suspected_open = 1') }} as suspected_opens,
        {{ esputnik.count_where('is_suspected_click = 1') }} as suspected_clicks,
        {{ esputnik.count_where('is_delivered = 1 and reports_opens = 1') }} as delivered_telling_opens,
        {{ esputnik.count_where('is_opened = 1 and reports_opens = 1') }} as opened_telling_opens,
        {{ esputnik.count_where('is_clicked = 1 and reports_opens = 1') }} as clicked_telling_opens
{%- endmacro %}

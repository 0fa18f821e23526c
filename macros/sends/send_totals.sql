{#-
    The select list of sends counted by their day and by everything that reports count them by; opens and clicks are of the
    same sends, whenever they came. Sums over these rows are the counts of the reports. Group by its first eight columns.
-#}
{% macro send_totals() -%}
    send_day,
        send_date,
        {{ esputnik.iso_weekday(esputnik.local_date('sent_at')) }} as sent_weekday,
        {{ esputnik.local_hour('sent_at') }} as sent_hour,
        broadcast_id,
        message_id,
        message_language_code,
        channel,
        {{ esputnik.send_counts() }},
        {{ esputnik.count_where('is_delivered = 1 and is_engaged_by_human = 1') }} as delivered_engaged
{%- endmacro %}

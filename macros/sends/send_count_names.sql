{#- The names that `send_counts` gives its counts. -#}
{% macro send_count_names() -%}
    {{ return([
        'sends', 'delivered', 'bounced', 'opened', 'clicked', 'unsubscribed', 'complained', 'suspected_opens',
        'suspected_clicks', 'delivered_telling_opens', 'opened_telling_opens', 'clicked_telling_opens',
    ]) }}
{%- endmacro %}

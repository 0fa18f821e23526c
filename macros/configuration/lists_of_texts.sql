{#- The vars that are lists of texts, each with an example. -#}
{% macro lists_of_texts() -%}
    {{ return({
        'contact_extra_columns': '[loyaltyLevel]',
        'unsubscribe_link_patterns': '[%optout%]',
        'tracking_parameters': '[utm_*]',
        'product_view_events': '[productViewed]',
        'resubscription_events': '[subscribedAgain]',
        'attribution_excluded_tags': '[receipt]',
    }) }}
{%- endmacro %}

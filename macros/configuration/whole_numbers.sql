{#- The vars that are whole numbers, each with the least that it may be. -#}
{% macro whole_numbers() -%}
    {{ return({
        'compare_days': 1,
        'machine_open_seconds': 0, 'machine_click_links': 1, 'machine_click_seconds': 0,
        'lifecycle_new_days': 0, 'lifecycle_active_days': 0, 'lifecycle_at_risk_days': 0, 'lifecycle_lapsed_days': 0,
        'lifecycle_reactivation_gap_days': 0,
        'p_alive_min_people': 0, 'p_alive_min_days': 0, 'p_alive_min_repeaters': 0,
        'engagement_half_life_days': 1, 'engagement_champion_days': 1, 'engagement_engaged_days': 1,
        'engagement_cooling_days': 1, 'habit_days': 1, 'best_hour_min_sends': 1,
        'sunset_min_emails': 1, 'sunset_days': 1, 'fatigue_weeks': 1, 'milestone_recent_days': 1,
        'recent_orders_max': 1, 'recent_items_max': 1, 'recommended_products_max': 1,
        'attribution_half_life_hours': 1, 'product_pairs_min_orders': 1, 'cart_recovery_days': 1,
        'unmatched_samples': 0,
    }) }}
{%- endmacro %}

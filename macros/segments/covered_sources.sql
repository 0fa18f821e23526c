{#-
    The data sources that coverage looks at, each with the columns that name its audiences: codes, and flags, whose
    audience are the people with a 1. A list and not the graph, since dbt wants to know what a model refers to before it
    knows the graph. Var `covered_sources` adds a project's own; a source set to null there is left out.
-#}
{% macro covered_sources() -%}
    {%- set sources = {
        'seg_contact_profile': [
            'lifecycle_stage', 'rfm_segment', 'engagement_tier', 'preferred_channel', 'reachable_email',
            'reachable_email_triggered', 'reachable_sms', 'reachable_push',
        ],
        'seg_lifecycle': [
            'lifecycle_stage', 'previous_lifecycle_stage', 'has_changed_stage', 'is_win_back_candidate',
        ],
        'seg_rfm': [
            'rfm_segment', 'previous_rfm_segment', 'has_moved_up', 'has_moved_down', 'engagement_segment',
        ],
        'seg_reachability': [
            'reachable_email', 'email_block_reason', 'reachable_email_triggered', 'email_triggered_block_reason',
            'reachable_sms', 'sms_block_reason', 'reachable_viber', 'viber_block_reason', 'reachable_web_push',
            'web_push_block_reason', 'reachable_mobile_push', 'mobile_push_block_reason', 'reachable_push',
        ],
        'seg_engagement': ['engagement_tier', 'preferred_channel', 'is_sunset_candidate'],
        'seg_purchase_milestones': ['milestone', 'is_milestone_today', 'is_milestone_recent'],
        'seg_churn_risk': ['is_overdue'],
        'seg_nps': ['nps_group'],
        'seg_devices': ['has_ios', 'has_android', 'has_other_os', 'reachable_web_push', 'reachable_mobile_push'],
        'seg_abandoned_cart': [],
        'seg_product_interest': ['is_viewed_not_bought'],
        'src_recent_orders': [],
        'src_recent_items': [],
        'src_recommended_products': [],
        'src_personal_codes': [],
    } -%}
    {%- if var('contact_attributes', []) -%}{%- do sources.update({'seg_contact_attributes': []}) -%}{%- endif -%}
    {%- set own = var('covered_sources') or {} -%}
    {%- if own is not mapping -%}
        {%- do exceptions.raise_compiler_error(
            "var covered_sources is '" ~ own ~ "'. Allowed: a mapping of views to their columns that name audiences, such as"
            ~ " {seg_boots_unread: []}."
        ) -%}
    {%- endif -%}
    {%- do sources.update(own) -%}
    {%- set wanted = {} -%}
    {%- for name, audiences in sources.items() if audiences is not none -%}
        {%- do wanted.update({name: audiences}) -%}
    {%- endfor -%}
    {{ return(wanted) }}
{%- endmacro %}

{#-
    The first times of what happened to a send, as `send_flags` takes them, without those after a moment (an expression):
    what happened later has not happened yet. A select list, in which each time keeps its name.
-#}
{% macro moments_until(moment) -%}
    {%- set names = [
        'first_delivered_at', 'first_failed_at', 'first_proof_at', 'first_response_at', 'first_opened_at',
        'first_clicked_at', 'first_human_open_at', 'first_human_click_at', 'first_unsubscribed_at',
        'first_complained_at',
    ] -%}
    {%- for name in names -%}
        case when {{ name }} <= {{ moment }} then {{ name }} end as {{ name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

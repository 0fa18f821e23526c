{#-
    What became of a send, from the first times of what happened to it: columns `is_delivered`, `is_bounced`, … as 1 or 0,
    and `delivered_at`. The same for a send as the facts have it and for a send as of a moment, whose later times are null.
-#}
{% macro send_flags() -%}
    {#- A failure after a delivery is a bounce, unless the contact has opened or clicked. -#}
    {%- set bounced = 'first_failed_at is not null and first_response_at is null' -%}
    {#- An open, click, unsubscribe or complaint implies the delivery. -#}
    {%- set delivered_at = 'coalesce(first_delivered_at, first_proof_at)' -%}
    case when {{ delivered_at }} is not null and not ({{ bounced }}) then 1 else 0 end as is_delivered,
        case when {{ bounced }} then 1 else 0 end as is_bounced,
        case when first_opened_at is not null then 1 else 0 end as is_opened,
        case when first_clicked_at is not null then 1 else 0 end as is_clicked,
        case when first_unsubscribed_at is not null then 1 else 0 end as is_unsubscribed,
        case when first_complained_at is not null then 1 else 0 end as is_complained,
        case when first_opened_at is not null or first_clicked_at is not null then 1 else 0 end as is_engaged,
        case when first_human_open_at is not null or first_human_click_at is not null then 1 else 0 end
            as is_engaged_by_human,
        case when first_opened_at is not null and first_human_open_at is null then 1 else 0 end as is_suspected_open,
        case when first_clicked_at is not null and first_human_click_at is null then 1 else 0 end as is_suspected_click,
        case when not ({{ bounced }}) then {{ delivered_at }} end as delivered_at
{%- endmacro %}

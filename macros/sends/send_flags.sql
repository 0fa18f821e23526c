{#-
    What became of a send, from the first times of what happened to it: columns `is_delivered`, `is_bounced`, … as 1 or 0,
    and `delivered_at`.

    Args:
        moment: an expression; the send as it stood then, when what happened later had not happened yet. None: from the
            first times alone, whenever they are.
        is_settled: nothing happened to the sends after the moment, so a row of `fct_sends` has them already.
-#}
{% macro send_flags(moment=none, is_settled=false) -%}
    {%- set first = {} -%}
    {%- for what in [
        'delivered', 'failed', 'proof', 'response', 'opened', 'clicked', 'human_open', 'human_click', 'unsubscribed',
        'complained',
    ] -%}
        {%- set time = 'first_' ~ what ~ '_at' -%}
        {%- do first.update(
            {what: time if moment is none else '(case when ' ~ time ~ ' <= ' ~ moment ~ ' then ' ~ time ~ ' end)'}
        ) -%}
    {%- endfor -%}
    {#- A failure after a delivery is a bounce, unless the contact has opened or clicked. -#}
    {%- set bounced = first.failed ~ ' is not null and ' ~ first.response ~ ' is null' -%}
    {#- An open, click, unsubscribe or complaint implies the delivery. -#}
    {%- set delivered_at = 'coalesce(' ~ first.delivered ~ ', ' ~ first.proof ~ ')' -%}
    {%- set conditions = {
        'is_delivered': delivered_at ~ ' is not null and not (' ~ bounced ~ ')',
        'is_bounced': bounced,
        'is_opened': first.opened ~ ' is not null',
        'is_clicked': first.clicked ~ ' is not null',
        'is_unsubscribed': first.unsubscribed ~ ' is not null',
        'is_complained': first.complained ~ ' is not null',
        'is_engaged': first.opened ~ ' is not null or ' ~ first.clicked ~ ' is not null',
        'is_engaged_by_human': first.human_open ~ ' is not null or ' ~ first.human_click ~ ' is not null',
        'is_suspected_open': first.opened ~ ' is not null and ' ~ first.human_open ~ ' is null',
        'is_suspected_click': first.clicked ~ ' is not null and ' ~ first.human_click ~ ' is null',
    } -%}
    {%- if is_settled -%}{{ return(conditions | join(',\n        ') ~ ',\n        delivered_at') }}{%- endif -%}
    {%- for name, condition in conditions.items() -%}
        case when {{ condition }} then 1 else 0 end as {{ name }},
        {% endfor -%}
    case when not ({{ bounced }}) then {{ delivered_at }} end
            as delivered_at
{%- endmacro %}

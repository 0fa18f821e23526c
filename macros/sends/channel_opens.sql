{#-
    The channels that engagement per channel has columns for, as a dict: whether the columns of opens are among them. The
    others never tell of one (see seed `channels`).
-#}
{% macro channel_opens() -%}
    {{ return({
        'email': true, 'sms': false, 'viber': true, 'web_push': false, 'mobile_push': true, 'app_inbox': true,
        'in_app': true, 'widget': true, 'telegram': false,
    }) }}
{%- endmacro %}

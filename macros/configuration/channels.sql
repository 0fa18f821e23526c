{#- The channels of the project: seed `channels` says how the export spells them. -#}
{% macro channels() -%}
    {{ return([
        'email', 'sms', 'viber', 'web_push', 'mobile_push', 'app_inbox', 'in_app', 'widget', 'telegram', 'other'
    ]) }}
{%- endmacro %}

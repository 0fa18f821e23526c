{#- Channel of a device: apps tell their version, browsers have none. -#}
{% macro device_channel(app_version) -%}
    case when {{ app_version }} is null then 'web_push' else 'mobile_push' end
{%- endmacro %}

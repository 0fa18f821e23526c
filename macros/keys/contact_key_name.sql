{#- Name of the key column in segment views: that of var `contact_key`, but `phone` for `sms`. -#}
{% macro contact_key_name() -%}
    {%- set key = esputnik.contact_key_source() -%}
    {{ return('phone' if key == 'sms' else key) }}
{%- endmacro %}

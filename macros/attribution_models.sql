{#- Names of the attribution models: what fct_attribution holds, and var `report_attribution_model` may choose. -#}
{% macro attribution_models() -%}
    {{ return(['platform', 'last_touch', 'first_touch', 'linear', 'time_decay']) }}
{%- endmacro %}

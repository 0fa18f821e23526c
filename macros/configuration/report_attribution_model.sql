{#- Attribution model that reports are told to use, empty where the data decide: var `report_attribution_model`, checked. -#}
{% macro report_attribution_model() -%}
    {%- set allowed = esputnik.attribution_models() -%}
    {%- set chosen = var('report_attribution_model') or '' -%}
    {%- if chosen and chosen not in allowed -%}
        {%- do exceptions.raise_compiler_error(
            "var report_attribution_model is '" ~ chosen ~ "', which is no model of reports. Allowed: "
            ~ allowed | join(', ') ~ ', or empty (platform where the revenue dataset has rows, else last_touch).'
        ) -%}
    {%- endif -%}
    {{ return(chosen) }}
{%- endmacro %}

{#- Numbers of valid orders that are milestones, ascending: var `purchase_milestones`, checked. -#}
{% macro purchase_milestones() -%}
    {%- set milestones = var('purchase_milestones') -%}
    {%- set is_list = esputnik.is_list(milestones) -%}
    {%- if not is_list or not milestones or milestones | reject('integer') | list or milestones | min < 1 -%}
        {%- do exceptions.raise_compiler_error(
            "var purchase_milestones is '" ~ milestones ~ "'. Allowed: a list of whole numbers from 1 on, such as [1, 2, 5]."
        ) -%}
    {%- endif -%}
    {{ return(milestones | sort) }}
{%- endmacro %}

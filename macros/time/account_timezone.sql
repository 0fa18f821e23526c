{#- Name of the time zone in which days, weeks, months and hours are cut: var `account_timezone`, checked. -#}
{% macro account_timezone() -%}
    {{ return(esputnik.checked_timezone('account_timezone')) }}
{%- endmacro %}

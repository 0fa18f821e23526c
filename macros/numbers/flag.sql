{#- A flag as INT64, 0 where it is null. -#}
{% macro flag(value) -%}
    cast(coalesce({{ value }}, 0) as {{ esputnik.contract_type('INT64') }})
{%- endmacro %}

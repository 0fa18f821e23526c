{#- A number as it is shown: rounded as a decimal, half away from zero, as a FLOAT64, which segment sources can read. -#}
{% macro rounded(amount, places=2) -%}
    cast(round({{ esputnik.money(amount) }}, {{ places }}) as {{ esputnik.contract_type('FLOAT64') }})
{%- endmacro %}

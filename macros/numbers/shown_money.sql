{#- A decimal amount as it is shown: rounded, half away from zero, as a FLOAT64, which segment sources can read. -#}
{% macro shown_money(amount, places=2) -%}
    cast(round({{ esputnik.money(amount) }}, {{ places }}) as {{ esputnik.contract_type('FLOAT64') }})
{%- endmacro %}

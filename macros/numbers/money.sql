{#- An amount as a decimal, in which amounts are summed: nine places, so that shares of an amount keep their value. -#}
{% macro money(amount) -%}
    cast({{ amount }} as {{ esputnik.money_type() }})
{%- endmacro %}

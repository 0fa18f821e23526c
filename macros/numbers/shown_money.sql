{#- An amount of a report as a decimal again: of whole cents, since the float it was shown as is only close to them. -#}
{% macro shown_money(amount) -%}
    round({{ esputnik.money(amount) }}, 2)
{%- endmacro %}

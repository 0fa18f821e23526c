{#-
    An amount of an order, 0 where the order is in another currency than the account's: amounts in different ones are never
    added. `relation` is what the order's columns are read from, where that has to be said.
-#}
{% macro in_account_currency(amount, relation=none) -%}
    {%- set prefix = '' if relation is none else relation ~ '.' -%}
    case when {{ prefix }}is_in_account_currency = 1 then {{ prefix }}{{ amount }} else 0 end
{%- endmacro %}

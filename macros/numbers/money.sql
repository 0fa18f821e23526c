{#-
    An amount as a decimal, in which amounts are summed: nine places, so that shares of an amount keep their value. By way
    of the text of a float, which is the amount as it was written: 12345678901.23, and not the binary fraction next to it,
    of which each engine makes another decimal.
-#}
{% macro money(amount) -%}
    cast(cast({{ amount }} as {{ dbt.type_string() }}) as {{ esputnik.money_type() }})
{%- endmacro %}

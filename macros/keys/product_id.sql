{#- A product's number as it is compared, the same for the lines of orders and for what they are called. -#}
{% macro product_id(number) -%}
    coalesce({{ esputnik.normalised_key(number, 'product') }}, 'unknown')
{%- endmacro %}

{#- How many days before `as_of` the past standing is: var `compare_days`, checked. -#}
{% macro compare_days() -%}
    {{ return(esputnik.whole_number('compare_days')) }}
{%- endmacro %}

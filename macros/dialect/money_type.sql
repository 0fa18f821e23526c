{#- Type of decimal amounts: 38 digits, nine of them behind the point. -#}
{% macro money_type() -%}
    {{ return(adapter.dispatch('money_type', 'esputnik')()) }}
{%- endmacro %}

{% macro default__money_type() -%}
    {{ return('numeric') }}
{%- endmacro %}

{% macro duckdb__money_type() -%}
    {{ return('decimal(38, 9)') }}
{%- endmacro %}

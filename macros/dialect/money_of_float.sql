{#-
    A float as money: its exact value, rounded to nine places. DuckDB's own cast multiplies as a float, so that of
    12345678901.23 the seventh place is wrong already; of the whole and the fraction apart it is right.
-#}
{% macro money_of_float(amount) -%}
    {{ return(adapter.dispatch('money_of_float', 'esputnik')(amount)) }}
{%- endmacro %}

{% macro default__money_of_float(amount) -%}
    {{ return(esputnik.money(amount)) }}
{%- endmacro %}

{% macro duckdb__money_of_float(amount) -%}
    {%- set whole = 'trunc(' ~ amount ~ ')' -%}
    {{ return(
        '(' ~ esputnik.money('cast(' ~ whole ~ ' as hugeint)') ~ ' + ' ~ esputnik.money(amount ~ ' - ' ~ whole) ~ ')'
    ) }}
{%- endmacro %}

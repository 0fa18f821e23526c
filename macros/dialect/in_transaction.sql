{#- The called statements as one transaction. dbt-duckdb opens one by itself for the main statement; BigQuery needs a script. -#}
{% macro in_transaction() -%}
    {{ return(adapter.dispatch('in_transaction', 'esputnik')(caller())) }}
{%- endmacro %}

{% macro default__in_transaction(statements) -%}
    begin transaction;
    {{ statements }}
    commit transaction;
{%- endmacro %}

{% macro duckdb__in_transaction(statements) -%}
    {{ statements }}
{%- endmacro %}

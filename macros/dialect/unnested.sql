{#- In a FROM clause, after a comma: one row for each element of an array, as column `name`. -#}
{% macro unnested(array, name) -%}
    {{ return(adapter.dispatch('unnested', 'esputnik')(array, name)) }}
{%- endmacro %}

{% macro default__unnested(array, name) -%}
    {{ return('unnest(' ~ array ~ ') as ' ~ name) }}
{%- endmacro %}

{% macro duckdb__unnested(array, name) -%}
    {{ return('unnest(' ~ array ~ ') as unnested (' ~ name ~ ')') }}
{%- endmacro %}

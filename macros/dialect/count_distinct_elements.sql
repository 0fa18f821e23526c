{#- How many different values, nulls left out, an array holds; none where it is null. -#}
{% macro count_distinct_elements(array) -%}
    {{ return(adapter.dispatch('count_distinct_elements', 'esputnik')(array)) }}
{%- endmacro %}

{% macro default__count_distinct_elements(array) -%}
    {{ return('(select count(distinct element) from unnest(' ~ array ~ ') as element)') }}
{%- endmacro %}

{% macro duckdb__count_distinct_elements(array) -%}
    {{ return('coalesce(list_unique(' ~ array ~ '), 0)') }}
{%- endmacro %}

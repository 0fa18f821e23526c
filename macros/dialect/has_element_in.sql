{#- Condition: an array of dates holds one of the days (text as in a ledger; `none` is in no array, and nothing in a null). -#}
{% macro has_element_in(array, days) -%}
    {%- set dated = days | reject('equalto', 'none') | list -%}
    {%- if not dated -%}{{ return('false') }}{%- endif -%}
    {{ return(adapter.dispatch('has_element_in', 'esputnik')(array, "date '" ~ dated | join("', date '") ~ "'")) }}
{%- endmacro %}

{% macro default__has_element_in(array, dates) -%}
    {{ return('exists (select 1 from unnest(' ~ array ~ ') as element where element in (' ~ dates ~ '))') }}
{%- endmacro %}

{% macro duckdb__has_element_in(array, dates) -%}
    {{ return('coalesce(list_has_any(' ~ array ~ ', [' ~ dates ~ ']), false)') }}
{%- endmacro %}

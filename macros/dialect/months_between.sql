{#- Calendar months from one date to a later one: 31 January to 1 February is one. -#}
{% macro months_between(first, last) -%}
    {{ return(adapter.dispatch('months_between', 'esputnik')(first, last)) }}
{%- endmacro %}

{% macro default__months_between(first, last) -%}
    {{ return('date_diff(' ~ last ~ ', ' ~ first ~ ', month)') }}
{%- endmacro %}

{% macro duckdb__months_between(first, last) -%}
    {{ return("date_diff('month', " ~ first ~ ', ' ~ last ~ ')') }}
{%- endmacro %}

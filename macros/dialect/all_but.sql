{#- Every column but the named ones. -#}
{% macro all_but(columns) -%}
    {{ return(adapter.dispatch('all_but', 'esputnik')(columns | join(', '))) }}
{%- endmacro %}

{% macro default__all_but(columns) -%}
    {{ return('* except (' ~ columns ~ ')') }}
{%- endmacro %}

{% macro duckdb__all_but(columns) -%}
    {{ return('* exclude (' ~ columns ~ ')') }}
{%- endmacro %}

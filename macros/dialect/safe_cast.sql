{#- A value as another type, null where that fails. (dbt's own macro of this name fails on DuckDB.) -#}
{% macro safe_cast(value, type) -%}
    {{ return(adapter.dispatch('safe_cast', 'esputnik')(value, type)) }}
{%- endmacro %}

{% macro default__safe_cast(value, type) -%}
    {{ return('safe_cast(' ~ value ~ ' as ' ~ type ~ ')') }}
{%- endmacro %}

{% macro duckdb__safe_cast(value, type) -%}
    {{ return('try_cast(' ~ value ~ ' as ' ~ type ~ ')') }}
{%- endmacro %}

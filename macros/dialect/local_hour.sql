{#- The hour of the account day, 0 to 23, in which a timestamp lies. -#}
{% macro local_hour(timestamp) -%}
    {{ return(adapter.dispatch('local_hour', 'esputnik')(timestamp)) }}
{%- endmacro %}

{% macro default__local_hour(timestamp) -%}
    {{ return('extract(hour from ' ~ timestamp ~ " at time zone '" ~ esputnik.account_timezone() ~ "')") }}
{%- endmacro %}

{% macro duckdb__local_hour(timestamp) -%}
    {{ return('extract(hour from ' ~ esputnik.duckdb__zoned(esputnik.account_timezone(), timestamp) ~ ')') }}
{%- endmacro %}

{#-
    The account day of a timestamp; null where the time zone carries it out of the years 1 to 9999, as it does the last
    moment of 9999, which stands for `never` in some data.
-#}
{% macro local_date(timestamp) -%}
    {{ return(adapter.dispatch('local_date', 'esputnik')(timestamp, esputnik.account_timezone())) }}
{%- endmacro %}

{% macro default__local_date(timestamp, zone) -%}
    {{ return('safe.date(' ~ timestamp ~ ", '" ~ zone ~ "')") }}
{%- endmacro %}

{% macro duckdb__local_date(timestamp, zone) -%}
    {%- set day = 'cast(' ~ esputnik.duckdb__zoned(zone, timestamp) ~ ' as date)' -%}
    {%- if zone == 'UTC' -%}{{ return(day) }}{%- endif -%}
    {{ return("nullif(nullif(" ~ day ~ ", date '10000-01-01'), date '0001-12-31 (BC)')") }}
{%- endmacro %}

{#-
    DuckDB only, for the macros beside this one: what a clock in a time zone shows at a timestamp. In UTC that is the
    timestamp's own number, which takes a twentieth of the time that the calendar library needs for any zone.
-#}
{% macro duckdb__zoned(zone, timestamp) -%}
    {%- if zone == 'UTC' -%}
        {{ return('make_timestamp(epoch_us(' ~ timestamp ~ '))') }}
    {%- endif -%}
    {{ return("timezone('" ~ zone ~ "', " ~ timestamp ~ ')') }}
{%- endmacro %}

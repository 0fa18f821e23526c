{#-
    The moment of a date and time (a datetime expression) in var `export_timezone`, null where it is outside the years 1 to
    9999 in UTC. Of an hour that comes twice, when clocks are put back, the first; a time that is left out when they are
    put forward moves on with the clocks.
-#}
{% macro local_moment(datetime) -%}
    {{ return(adapter.dispatch('local_moment', 'esputnik')(datetime, esputnik.export_timezone())) }}
{%- endmacro %}

{% macro default__local_moment(datetime, zone) -%}
    {{ return('safe.timestamp(' ~ datetime ~ ", '" ~ zone ~ "')") }}
{%- endmacro %}

{% macro duckdb__local_moment(datetime, zone) -%}
    {%- if zone == 'UTC' -%}
        {{ return(esputnik.stored_moment("timezone('UTC', " ~ datetime ~ ')')) }}
    {%- endif -%}
    {#- DuckDB takes the second of a repeated hour; by the clocks of the day before it is the first. -#}
    {%- set first = "timezone('" ~ zone ~ "', local - interval 1 day) + interval 24 hours" -%}
    {{ return(esputnik.stored_moment(
        'list_transform([' ~ datetime ~ "], lambda local: case when timezone('" ~ zone ~ "', " ~ first ~ ') = local then '
        ~ first ~ " else timezone('" ~ zone ~ "', local) end)[1]"
    )) }}
{%- endmacro %}

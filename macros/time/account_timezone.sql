{#- Name of the time zone in which days, weeks, months and hours are cut: var `account_timezone`, checked. -#}
{% macro account_timezone() -%}
    {%- set zone = var('account_timezone') -%}
    {%- if zone not in modules.pytz.all_timezones -%}
        {%- do exceptions.raise_compiler_error(
            "var account_timezone is '" ~ zone ~ "', which is no time zone. Allowed: names of the IANA time zone "
            ~ "database, such as UTC or Europe/Kyiv."
        ) -%}
    {%- endif -%}
    {{ return(zone) }}
{%- endmacro %}

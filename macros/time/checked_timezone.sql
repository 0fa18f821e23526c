{#- Value of the var `name`, checked: the name of a time zone. -#}
{% macro checked_timezone(name) -%}
    {%- set zone = var(name) -%}
    {%- if zone not in modules.pytz.all_timezones -%}
        {%- do exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ zone ~ "', which is no time zone. Allowed: names of the IANA time zone database,"
            ~ " such as UTC or Europe/Kyiv."
        ) -%}
    {%- endif -%}
    {{ return(zone) }}
{%- endmacro %}

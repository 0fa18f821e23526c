{#- Whether a text begins with a day that the calendar has, written as 2026-01-31. -#}
{% macro is_date(text) -%}
    {%- set found = modules.re.match('^(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])', text) -%}
    {%- set is_real = false -%}
    {%- if found -%}
        {#- The last day of the month is the day before the next month's first. -#}
        {%- set year, month = found.group(1) | int, found.group(2) | int -%}
        {%- set is_real = 0 < year < 9999 and (found.group(3) | int) <= (
            modules.datetime.date(year + month // 12, month % 12 + 1, 1) - modules.datetime.timedelta(days=1)
        ).day -%}
    {%- endif -%}
    {{ return(is_real) }}
{%- endmacro %}

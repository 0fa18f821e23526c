{#- A date plus a whole number of days or months (`part`: day, month), an expression of type INT64; a date. -#}
{% macro add_to_date(date, number, part) -%}
    {{ return(adapter.dispatch('add_to_date', 'esputnik')(date, number, part)) }}
{%- endmacro %}

{% macro default__add_to_date(date, number, part) -%}
    {{ return('date_add(' ~ date ~ ', interval ' ~ number ~ ' ' ~ part ~ ')') }}
{%- endmacro %}

{% macro duckdb__add_to_date(date, number, part) -%}
    {{ return('cast(' ~ date ~ ' + to_' ~ part ~ 's(cast(' ~ number ~ ' as integer)) as date)') }}
{%- endmacro %}

{#- Name of the time zone of times that were written without an offset: var `export_timezone`, checked. -#}
{% macro export_timezone() -%}
    {{ return(esputnik.checked_timezone('export_timezone')) }}
{%- endmacro %}

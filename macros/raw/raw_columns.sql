{#- Select list of a raw table's columns under their staging names, typed and tolerant as `raw_column` describes. -#}
{% macro raw_columns(raw, columns) -%}
    {%- for name, raw_name in columns.items() -%}
        {{ esputnik.raw_column(raw, raw_name) }} as {{ name }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

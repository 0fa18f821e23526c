{#-
    Order in which rows of one identity are preferred: latest load, then the greatest value of every column in turn, so
    that the choice is the same on every engine and in every build.
-#}
{% macro newest_first(columns) -%}
    _dlt_load_id desc nulls last,
    {%- for column in columns %}
            {{ column }} desc nulls last{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#-
    Condition on rows of appended raw tables: their load was completed. A load that died, or is still running, is
    invisible. Where there is no record of loads (a native export), every row counts.
-#}
{% macro completed_loads(raw) -%}
    {%- if raw.has_loads -%}
        _dlt_load_id in (select loads.load_id from {{ esputnik.raw_loads(raw.relation) }} as loads where loads.status = 0)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

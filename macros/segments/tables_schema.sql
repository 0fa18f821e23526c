{#- The schema of the tables that the segment views of a schema read: theirs is shared with the platform, this one is not. -#}
{% macro tables_schema(schema) -%}
    {{ return(schema ~ '_tables') }}
{%- endmacro %}

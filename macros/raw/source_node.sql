{#- What dbt knows of a source's table: its place, columns and meta; undefined where there is none of that name. -#}
{% macro source_node(name, source_name='esputnik') -%}
    {{ return(
        graph.sources.values()
        | selectattr('source_name', 'equalto', source_name) | selectattr('name', 'equalto', name) | first
    ) }}
{%- endmacro %}

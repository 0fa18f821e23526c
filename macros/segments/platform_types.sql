{#- The types, in the contract's words, that the platform is known to take in the columns of a data source. -#}
{% macro platform_types() -%}
    {{ return(['STRING', 'INT64', 'FLOAT64', 'DATE', 'TIMESTAMP']) }}
{%- endmacro %}

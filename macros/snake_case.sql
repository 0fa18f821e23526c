{#- Staging name of a raw column: `loyaltyLevel` becomes `loyalty_level`. -#}
{% macro snake_case(name) -%}
    {{ return(modules.re.sub('(?<=[a-z0-9])([A-Z])', '_\\1', name) | lower) }}
{%- endmacro %}

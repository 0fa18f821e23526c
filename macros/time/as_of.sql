{#- The moment that reports and segments describe, as a timestamp literal. -#}
{% macro as_of() -%}
    {{ return(esputnik.timestamp_literal(esputnik.as_of_moment().strftime('%Y-%m-%d %H:%M:%S.%f+00:00'))) }}
{%- endmacro %}

{#- The moment that reports and segments describe, or one so many days ago, as a timestamp literal. -#}
{% macro as_of(days_ago=0) -%}
    {{ return(esputnik.timestamp_literal(esputnik.as_of_moment(days_ago).strftime('%Y-%m-%d %H:%M:%S.%f+00:00'))) }}
{%- endmacro %}

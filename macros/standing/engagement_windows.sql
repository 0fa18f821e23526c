{#- The windows, in account days, in which sends, opens and clicks of people are counted. -#}
{% macro engagement_windows() -%}
    {{ return([7, 30, 90, 365]) }}
{%- endmacro %}

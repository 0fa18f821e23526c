{#- What an answer from 0 to 10 makes of a person in the net promoter score. -#}
{% macro nps_group(score) -%}
    case
            when {{ score }} >= 9 then 'promoter'
            when {{ score }} >= 7 then 'passive'
            else 'detractor'
        end
{%- endmacro %}

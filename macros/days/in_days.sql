{#- Condition: `column` is one of the days (text as in a ledger, `none` for null), written as literals so that it prunes. -#}
{% macro in_days(column, days) -%}
    {%- set dated = days | reject('equalto', 'none') | list -%}
    {%- set conditions = [] -%}
    {%- if dated -%}
        {%- do conditions.append(column ~ " in (date '" ~ dated | join("', date '") ~ "')") -%}
    {%- endif -%}
    {%- if 'none' in days -%}{%- do conditions.append(column ~ ' is null') -%}{%- endif -%}
    {{ return('(' ~ (conditions | join(' or ') or 'false') ~ ')') }}
{%- endmacro %}

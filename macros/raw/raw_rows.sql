{#- What a staging model reads from: the raw table (`relation`, its source()), or no row where the dataset is absent. -#}
{% macro raw_rows(raw, relation) -%}
    {%- if raw.columns or not execute -%}
        {{ relation }}
    {%- else -%}
        (select 1 as nothing from (select 1 as nothing) as one where false)
    {%- endif -%}
{%- endmacro %}

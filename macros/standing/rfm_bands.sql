{#- The bands of seed `rfm_bands` with both ends: a band reaches up to the next one's start; the last has no end. -#}
{% macro rfm_bands() -%}
    select
        measure,
        score,
        from_value,
        lead(from_value) over (partition by measure order by from_value) as below_value
    from {{ ref('rfm_bands') }}
{%- endmacro %}

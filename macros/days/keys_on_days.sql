{#- The query of the keys, see `touched_keys`, that have a source row on one of the days now. -#}
{% macro keys_on_days(days) -%}
    {%- set meta = config.get('meta') -%}
    select {{ meta['key'] }}
    from {{ esputnik.model_relation(meta['keys_in']) }}
    where {{ esputnik.in_days(esputnik.source_days().day, days) }} and {{ meta['key'] }} is not null
{%- endmacro %}

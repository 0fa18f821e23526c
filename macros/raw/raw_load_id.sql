{#- The load that brought a raw row, null where the loader did not: what staging prefers the latest of. -#}
{% macro raw_load_id(raw) -%}
    {{ return('_dlt_load_id' if '_dlt_load_id' in raw.columns else 'cast(null as ' ~ esputnik.contract_type('STRING') ~ ')') }}
{%- endmacro %}

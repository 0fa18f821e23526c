{#- Expression for a raw column that the contract does not know (an additional contact field), as text. -#}
{% macro raw_extra_column(raw, name) -%}
    {%- if name | lower in raw.columns -%}
        {{ return(esputnik.cast_raw(adapter.quote(name), raw.columns[name | lower], 'STRING')) }}
    {%- endif -%}
    {{ return('cast(null as ' ~ esputnik.contract_type('STRING') ~ ')') }}
{%- endmacro %}

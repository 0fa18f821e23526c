{#- How the engine calls a type of the contract (the contract writes BigQuery's names). -#}
{% macro contract_type(data_type) -%}
    {{ return(adapter.dispatch('contract_type', 'esputnik')(data_type)) }}
{%- endmacro %}

{% macro default__contract_type(data_type) -%}
    {{ return(data_type | lower) }}
{%- endmacro %}

{% macro duckdb__contract_type(data_type) -%}
    {{ return({
        'INT64': 'bigint',
        'FLOAT64': 'double',
        'STRING': 'varchar',
        'TIMESTAMP': 'timestamp with time zone',
        'DATE': 'date',
    }[data_type]) }}
{%- endmacro %}

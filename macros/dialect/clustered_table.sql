{#- Makes a table of a query's rows anew, in which rows of one key are found without reading all. -#}
{% macro clustered_table(relation, key, sql) -%}
    {{ return(adapter.dispatch('clustered_table', 'esputnik')(relation, key, sql)) }}
{%- endmacro %}

{% macro default__clustered_table(relation, key, sql) -%}
    {%- if not adapter.is_replaceable(relation, none, [key]) -%}{%- do adapter.drop_relation(relation) -%}{%- endif %}
    create or replace table {{ relation }}
    cluster by {{ key }}
    {{ bigquery_table_options(config, model, false) }}
    as ({{ sql }})
{%- endmacro %}

{#- DuckDB skips blocks by their least and greatest values, which are close together where rows are in order. -#}
{% macro duckdb__clustered_table(relation, key, sql) -%}
    create or replace table {{ relation }} as (select * from ({{ sql }}) as source_rows order by {{ key }})
{%- endmacro %}

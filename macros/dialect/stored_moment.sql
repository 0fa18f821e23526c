{#- A timestamp, null where BigQuery could not store it: outside the years 1 to 9999. BigQuery has no such values. -#}
{% macro stored_moment(timestamp) -%}
    {{ return(adapter.dispatch('stored_moment', 'esputnik')(timestamp)) }}
{%- endmacro %}

{% macro default__stored_moment(timestamp) -%}
    {{ return(timestamp) }}
{%- endmacro %}

{% macro duckdb__stored_moment(timestamp) -%}
    {{ return(
        'list_transform([' ~ timestamp ~ "], lambda moment: case when moment >= timestamptz '0001-01-01 00:00:00+00:00'"
        ~ " and moment < timestamptz '10000-01-01 00:00:00+00:00' then moment end)[1]"
    ) }}
{%- endmacro %}

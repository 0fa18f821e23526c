{#-
    Statement that makes a view of all columns of a table, in the place of a view that may be there, with the descriptions
    that `persist_docs` asks for.

    Args:
        columns: those of the table, as the adapter tells them.
        described: what is said of columns, by name; of those columns only.
-#}
{% macro create_or_replace_view(relation, table, columns, described) -%}
    {{ return(adapter.dispatch('create_or_replace_view', 'esputnik')(relation, table, columns, described)) }}
{%- endmacro %}

{#- The options are the view's description and labels. -#}
{% macro default__create_or_replace_view(relation, table, columns, described) -%}
    create or replace view {{ relation }} (
        {%- for column in columns %}
        {{ column.quoted }}
        {%- if column.name in described %}
            options (description = {{ esputnik.text_literal(described[column.name].description) }})
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
    {{ bigquery_view_options(config, model) }}
    as select {{ columns | map(attribute='quoted') | join(', ') }} from {{ table }};
{%- endmacro %}

{% macro duckdb__create_or_replace_view(relation, table, columns, described) -%}
    create or replace view {{ relation }} as (
        select {{ columns | map(attribute='quoted') | join(', ') }} from {{ table }}
    );
    {{ esputnik.duckdb__comments(relation, described) }}
{%- endmacro %}

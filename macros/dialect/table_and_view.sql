{#-
    Tables and views on DuckDB, made by `create or replace` with their comments in one call. dbt-duckdb's own build under
    another name, rename twice and drop, in eight calls, and on a day when little is new those take longer than the models
    themselves. Readers see the old rows until the transaction ends, as there.

    A model that asks for more than the rows of a query is left to dbt-duckdb: contracts with their constraints, indexes,
    grants, SQL headers, DuckLake.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set is_python = model.language == 'python' -%}
    {%- if esputnik.asks_for_more_than_rows() -%}
        {#- dbt lets a materialization run Python itself, and nothing that it calls. -#}
        {%- if is_python -%}
            {%- do exceptions.raise_compiler_error(
                'Model ' ~ model.name ~ ' is written in Python and asks for a contract, indexes, grants, a SQL header or '
                ~ 'DuckLake. Leave those out, or write it in SQL.'
            ) -%}
        {%- endif -%}
        {{ return(dbt.materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if is_python -%}
        {%- set candidate = make_intermediate_relation(relation) -%}
        {%- do drop_relation_if_exists(load_cached_relation(candidate)) -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, candidate, compiled_code, 'python') }}
        {%- endcall -%}
        {{ esputnik.replace_by_query(relation, 'select * from ' ~ candidate, 'rows') }}
        {%- do adapter.drop_relation(candidate) -%}
    {%- else -%}
        {{ esputnik.replace_by_query(relation, sql) }}
    {%- endif -%}

    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- if esputnik.asks_for_more_than_rows() -%}{{ return(dbt.materialization_view_default()) }}{%- endif -%}
    {%- set relation = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ esputnik.replace_by_query(relation, sql) }}

    {{ return({'relations': [relation]}) }}
{%- endmaterialization %}

{% macro asks_for_more_than_rows() -%}
    {{ return(
        config.get('contract').enforced or config.get('indexes') or config.get('grants') or config.get('sql_header')
        or adapter.is_ducklake(this)
    ) }}
{%- endmacro %}

{#- From after the hooks before to the end of those after; the statement has a name, by which dbt finds the model's own. -#}
{% macro replace_by_query(relation, query, name='main') -%}
    {%- call esputnik.committed_statement(name) -%}
        {{ esputnik.drop_other_type(load_cached_relation(this), relation.type) }}
        create or replace {{ relation.type }} {{ relation }} as (
            {{ query }}
        );
        {{ esputnik.duckdb__comments(relation, model.columns) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{%- endmacro %}

{#-
    A statement, or several, committed in the call that runs them. On a day when little is new, dbt's calls to begin and to
    commit take longer than most models. A model with hooks is left to dbt's transaction, in which they lie with it.
-#}
{% macro committed_statement(name) -%}
    {{ return(adapter.dispatch('committed_statement', 'esputnik')(name, caller())) }}
{%- endmacro %}

{#- BigQuery commits each statement by itself. -#}
{% macro default__committed_statement(name, statements) -%}
    {%- call statement(name) -%}{{ statements }}{%- endcall -%}
{%- endmacro %}

{% macro duckdb__committed_statement(name, statements) -%}
    {%- if (pre_hooks + post_hooks) | selectattr('transaction') | list -%}
        {%- call statement(name) -%}{{ statements }}{%- endcall -%}
    {%- else -%}
        {#- What was read while the model was compiled may have opened a transaction. -#}
        {%- do adapter.commit() -%}
        {%- call statement(name, auto_begin=false) -%}
            begin transaction;
            {{ statements }};
            commit transaction;
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

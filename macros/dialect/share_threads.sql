{#-
    Statement by which the models that dbt builds at a time share the engine's threads, so that as many queries run at a
    time as there are processors, each undivided. Most models of a day are small: to divide them among threads takes longer.
-#}
{% macro share_threads() -%}
    {{ return(adapter.dispatch('share_threads', 'esputnik')()) }}
{%- endmacro %}

{#- BigQuery has slots. -#}
{% macro default__share_threads() -%}{%- endmacro %}

{#- As many of DuckDB's threads as dbt runs models at a time are dbt's own; the others help whoever has most to do. -#}
{% macro duckdb__share_threads() -%}
    {%- if execute -%}
        {%- set new = [] -%}
        {%- for node in esputnik.selected_models('day_overwrite') -%}
            {%- if load_cached_relation(esputnik.model_relation(node.name)) is none -%}{%- do new.append(node.name) -%}{%- endif -%}
        {%- endfor -%}
        {%- if not (flags.FULL_REFRESH or new) -%}
            set external_threads = least({{ [target.threads, selected_resources | length] | min }}, current_setting('threads'))
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

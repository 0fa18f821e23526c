{#- The query of an event table's rows, in the order in which the engine is to keep them. -#}
{% macro laid_out(query) -%}
    {{ return(adapter.dispatch('laid_out', 'esputnik')(query)) }}
{%- endmacro %}

{#- Partitions and clusters, of which the model's config tells. -#}
{% macro default__laid_out(query) -%}
    {{ query }}
{%- endmacro %}

{#-
    By days, then as the model asks BigQuery to cluster them. DuckDB has neither, but skips blocks by their least and
    greatest values, and equal values that lie together take less to keep and to read. Grouped and ranked rows come out in no
    order at all, and to find those of one day takes a read of all days.
-#}
{% macro duckdb__laid_out(query) -%}
    select * from ({{ query }}) as built
    order by {{ ([config.meta_require('day_column')] + (config.get('cluster_by') or [])) | join(', ') }}
{%- endmacro %}

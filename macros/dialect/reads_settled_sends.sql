{#-
    Whether sends to which nothing happened after a moment are read by themselves, as `fct_sends` has stored their flags.
    The rest are worked out.
-#}
{% macro reads_settled_sends() -%}
    {{ return(adapter.dispatch('reads_settled_sends', 'esputnik')()) }}
{%- endmacro %}

{#- BigQuery would bill both reads. -#}
{% macro default__reads_settled_sends() -%}
    {{ return(false) }}
{%- endmacro %}

{#-
    DuckDB knows the greatest time of a table, so most often it drops the second read. A case in the place of two reads would
    read the columns of both its branches.
-#}
{% macro duckdb__reads_settled_sends() -%}
    {{ return(true) }}
{%- endmacro %}

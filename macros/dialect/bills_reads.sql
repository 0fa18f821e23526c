{#-
    Whether every read of a table is paid for. Where none is, two reads that each know what they want are quicker than one
    that has to judge every row.
-#}
{% macro bills_reads() -%}
    {{ return(adapter.dispatch('bills_reads', 'esputnik')()) }}
{%- endmacro %}

{% macro default__bills_reads() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro duckdb__bills_reads() -%}
    {{ return(false) }}
{%- endmacro %}

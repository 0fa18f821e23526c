{#- Hash of the SQL that the model `this` was last built with, `void` inside a full build, none without a ledger. -#}
{% macro ledger_hash() -%}
    {%- set ledger = esputnik.ledger(this) -%}
    {%- if load_relation(ledger) is none -%}{{ return(none) }}{%- endif -%}
    {%- set rows = run_query("select fingerprint from " ~ ledger ~ " where day = '*'") -%}
    {{ return(rows[0][0] if rows | length == 1 else none) }}
{%- endmacro %}

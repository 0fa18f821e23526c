{#- The hash that a model built by `day_overwrite` was built with, see `day_overwrite_hash`. -#}
{% macro hash_built_with(name) -%}
    {#- Asked of the table itself: dbt does not know yet of a ledger that this build has made. -#}
    {%- set rows = run_query(
        'select fingerprint from ' ~ esputnik.ledger(esputnik.model_relation(name)) ~ " where day = '*'"
    ) -%}
    {{ return(rows[0][0].split()[0]) }}
{%- endmacro %}

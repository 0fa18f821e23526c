{#-
    Builds a `day_overwrite` model in full. What the ledger says of the source is read before the build, so a load that
    ends in between is seen as new by the next one. The ledger knows no descriptions then: what comes after the rows may fail.
-#}
{% macro day_overwrite_full(target_relation, existing, plan) -%}
    {%- set ledger = esputnik.ledger(this) -%}
    {%- call statement('void_ledger') -%}
        create or replace table {{ ledger }} as (
            select '*' as day, 'void' as fingerprint, 0 as rows_seen, '{{ plan.version }}' as version
            {%- if plan.source.listing %}
            union all
            {{ esputnik.ledger_rows(plan) }}
            {%- endif %}
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}

    {{ esputnik.replace_table(target_relation, existing, plan.sql) }}

    {%- call statement('valid_ledger') -%}
        update {{ ledger }} set fingerprint = '{{ plan.hash }}' where day = '*'
    {%- endcall -%}
{%- endmacro %}

{#- Ledger rows of the source's days as they are now. -#}
{% macro ledger_rows(plan) -%}
    select
        there.day,
        there.fingerprint,
        {{ 'coalesce(seen.rows_seen, 0)' if plan.source.seen else 'there.rows_there' }} as rows_seen,
        '{{ plan.version }}' as version
    from ({{ plan.source.listing }}) as there
    {%- if plan.source.seen %}
    left join ({{ plan.source.seen }}) as seen on there.day = seen.day
    {%- endif %}
{%- endmacro %}

{#-
    Builds an event table by whole UTC days: the days that its source changed are deleted and inserted again, in one
    transaction with the ledger. So the table equals a full build whatever arrived late, twice, or was taken away, and a
    failed build is made up for by the next.

    The model says which days: it filters its source by `touched_days()`, which writes them into the compiled SQL, from
    where this materialization takes them. A full build (first build, --full-refresh, changed SQL or seeds, very many
    days) is DDL, which no transaction takes: the ledger is marked void, the table built, the ledger made valid. Descriptions
    are written where the ledger knows other ones.

    Meta of the model:
        days_of: what the model is built from, see `source_days`.
        day_column: the model's column that holds the UTC day, its partition column.
        key, keys_in, key_days, key_last_at: for rows that gather a key's source rows from several days, see `touched_keys`.
-#}
{% materialization day_overwrite, default -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set plan = esputnik.day_overwrite_plan(compiled_code) -%}
    {%- if plan.whole -%}
        {{ esputnik.day_overwrite_full(target_relation, existing, plan) }}
    {%- elif plan.days -%}
        {{ esputnik.day_overwrite_days(target_relation, plan) }}
    {%- else -%}
        {%- call noop_statement('main', 'NO DAY TOUCHED', 'NO DAY TOUCHED', 0) -%}
            -- nothing that the model reads has changed
        {%- endcall -%}
    {%- endif -%}

    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, plan.whole)) %}
    {%- if plan.whole or plan.built_as != plan.fingerprint -%}
        {%- do persist_docs(target_relation, model) -%}
        {%- call statement('described') -%}
            update {{ esputnik.ledger(this) }} set fingerprint = '{{ plan.fingerprint }}' where day = '*'
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{#-
    Builds the touched days of a `day_overwrite` model: deletes them, inserts them and writes the ledger, all or nothing.
    Where rows are gathered by key, rows of other days are written too: their version tells it to the models built from this.
-#}
{% macro day_overwrite_days(target_relation, plan) -%}
    {%- set ledger = esputnik.ledger(this) -%}
    {%- set listed_days = "('" ~ plan.days | join("', '") ~ "')" -%}
    {#- Read before the rows are: whatever arrives in between is seen as new by the next build. -#}
    {%- set ledger_rows = run_query(
        'select * from (' ~ esputnik.ledger_rows(plan) ~ ') as ledger_rows where day in ' ~ listed_days
    ) -%}
    {%- set key = config.get('meta').get('key') -%}
    {%- set keys = esputnik.touched_keys_table(this) -%}
    {%- if key -%}
        {%- call statement('touched_keys') -%}
            create or replace table {{ keys }} as ({{ esputnik.touched_keys(plan.days, among=plan.read) }})
        {%- endcall -%}
    {%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='quoted') | join(', ') -%}

    {%- call statement('main') -%}
        {%- call esputnik.in_transaction() -%}
            delete from {{ target_relation }}
            where
                {{ esputnik.in_days(config.meta_require('day_column'), plan.read) }}
                {%- if key %}
                and {{ key }} in (select {{ key }} from {{ keys }})
                {%- endif %};

            insert into {{ target_relation }} ({{ columns }})
            select {{ columns }} from ({{ esputnik.laid_out(plan.sql) }}) as touched;

            delete from {{ ledger }} where day in {{ listed_days }};
            {%- if ledger_rows | length %}

            insert into {{ ledger }} (day, fingerprint, rows_seen, version) values
            {%- for row in ledger_rows %}
                ('{{ row[0] }}', '{{ row[1] }}', {{ row[2] }}, '{{ row[3] }}'){{ ',' if not loop.last }}
            {%- endfor -%}
            ;
            {%- endif %}
            {%- if key %}

            update {{ ledger }} set version = '{{ plan.version }}'
            where day in ('{{ plan.read | join("', '") }}');
            {%- endif %}
        {%- endcall -%}
        {%- if key %}
            drop table if exists {{ keys }};
        {%- endif %}
    {%- endcall -%}
{%- endmacro %}

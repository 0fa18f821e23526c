{#-
    Condition on the days that the latest build of a `day_overwrite` model wrote, by its ledger, as literals; on every day
    with var `test_all_days`, or where that build wrote more days than a query should list.
-#}
{% macro latest_days(relation, day) -%}
    {%- if not execute or var('test_all_days') -%}{{ return(esputnik.every_day(day)) }}{%- endif -%}
    {%- set ledger = esputnik.ledger(relation) -%}
    {%- set rows = run_query(
        "select day from " ~ ledger ~ " where day <> '*' and version = (select max(version) from " ~ ledger ~ ") order by 1"
    ) -%}
    {%- if rows | length > 2000 -%}{{ return(esputnik.every_day(day)) }}{%- endif -%}
    {%- set days = [] -%}
    {%- for row in rows -%}{%- do days.append(row[0]) -%}{%- endfor -%}
    {{ return(esputnik.in_days(day, days)) }}
{%- endmacro %}

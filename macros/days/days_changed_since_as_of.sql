{#-
    The UTC days of a kept table whose rows tell of something that happened after `as_of`, or a moment so many days ago, as
    text in their order; found when the model is compiled, so that they can be written as literals. None where the table is
    not there yet.

    Args:
        name: the model, which has `last_activity_at`.
-#}
{% macro days_changed_since_as_of(name, days_ago=0) -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set relation = esputnik.model_relation(name) -%}
    {%- if load_relation(relation) is none -%}{{ return([]) }}{%- endif -%}
    {%- set day = esputnik.model_node(name).config.meta.day_column -%}
    {%- set rows = run_query(
        'select distinct cast(' ~ day ~ ' as ' ~ dbt.type_string() ~ ') as day from ' ~ relation
        ~ ' where ' ~ esputnik.utc_day_window(day, days_ago=days_ago)
        ~ ' and last_activity_at > ' ~ esputnik.as_of(days_ago) ~ ' order by 1'
    ) -%}
    {%- set days = [] -%}
    {%- for row in rows -%}{%- do days.append(row[0]) -%}{%- endfor -%}
    {{ return(days) }}
{%- endmacro %}

{#-
    Whether so large a part of the source's days is touched that a full build is the cheaper way where rows are gathered by
    key: the keys of the touched days have to be looked up, and their rows deleted one by one. On ten million activities
    that takes three times as long as a full build where every day is touched, as after an upgrade. A few months are built
    by days however short the history.

    Args:
        touched: days, as text.
        source: see `source_days`.
-#}
{% macro is_a_third_of_days(touched, source) -%}
    {%- if touched | length <= 100 -%}{{ return(false) }}{%- endif -%}
    {%- set days_there = run_query('select count(*) from (' ~ source.listing ~ ') as there')[0][0] -%}
    {{ return(touched | length * 3 > days_there) }}
{%- endmacro %}

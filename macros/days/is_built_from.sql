{#-
    Condition on the rows of a model with a key, see `touched_keys`: one of the days had a source row of it when it was built.
-#}
{% macro is_built_from(days) -%}
    {%- set meta = config.get('meta') -%}
    {%- set dated = days | reject('equalto', 'none') | sort -%}
    {%- if not dated -%}{{ return('false') }}{%- endif -%}
    {#- The array of a row that ended before the first of the days need not be looked into. (Years of DuckDB's that have not
        four digits sort otherwise.) -#}
    (
        {%- if dated | map('length') | unique | list == [10] %}
        {{ meta['key_last_at'] }} >= {{ esputnik.timestamp_literal(dated[0] ~ ' 00:00:00+00:00') }} and
        {%- endif %}
        {{ esputnik.has_element_in(meta['key_days'], days) }}
    )
{%- endmacro %}

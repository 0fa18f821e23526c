{#- The days, as text, on which touched keys have rows or had them, the touched days among them. -#}
{% macro days_of_touched_keys(days) -%}
    {%- set meta = config.get('meta') -%}
    {%- set rows = run_query(
        'with touched as (' ~ esputnik.touched_keys(days) ~ ')'
        ~ ' select distinct cast(key_day as ' ~ dbt.type_string() ~ ') as day'
        ~ ' from ' ~ this ~ ' as built, ' ~ esputnik.unnested('built.' ~ meta['key_days'], 'key_day')
        ~ ' where ' ~ esputnik.every_day('built.' ~ meta['day_column'])
        ~ ' and built.' ~ meta['key'] ~ ' in (select ' ~ meta['key'] ~ ' from touched)'
    ) -%}
    {%- set all_days = days | list -%}
    {%- for row in rows -%}{%- do all_days.append(row[0]) -%}{%- endfor -%}
    {{ return(all_days | unique | sort) }}
{%- endmacro %}

{#- The days, as text, on which touched keys have rows or had them, the touched days among them. -#}
{% macro days_of_touched_keys(days) -%}
    {%- set meta = config.get('meta') -%}
    {%- set is_built = esputnik.is_built_from(days) -%}
    {%- set is_there = meta['key'] ~ ' in (select ' ~ meta['key'] ~ ' from there)' -%}
    {%- set built = 'select ' ~ meta['key_days'] ~ ' from ' ~ this ~ ' where ' ~ esputnik.every_day(meta['day_column']) -%}
    {#- Narrowed before the arrays are taken apart: DuckDB would take apart all of them. -#}
    {%- set rows = run_query(
        'with there as (' ~ esputnik.keys_on_days(days) ~ '), built as ('
        ~ (
            built ~ ' and (' ~ is_built ~ ' or ' ~ is_there ~ ')' if esputnik.bills_reads()
            else built ~ ' and ' ~ is_built ~ ' union all ' ~ built ~ ' and ' ~ is_there
        )
        ~ ')'
        ~ ' select distinct cast(key_day as ' ~ dbt.type_string() ~ ') as day'
        ~ ' from built, ' ~ esputnik.unnested('built.' ~ meta['key_days'], 'key_day')
    ) -%}
    {%- set all_days = days | list -%}
    {%- for row in rows -%}{%- do all_days.append(row[0]) -%}{%- endfor -%}
    {{ return(all_days | unique | sort) }}
{%- endmacro %}

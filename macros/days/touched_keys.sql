{#-
    For models whose rows gather a key's source rows from several days, such as sends: their meta names the `key`, the
    relation that has its source rows (`keys_in`), and the column in which a row keeps the days that it was built from
    (`key_days`, an array). So a touched day leads to the keys that have a row on it now, and to those that had one when
    they were built; both are built again, from the rows of all their days and no others.
-#}

{#- The query of the keys that have or had a row on one of the days; the model itself is read on the days `among` only. -#}
{% macro touched_keys(days, among=none) -%}
    {%- set meta = config.get('meta') -%}
    {%- set node = esputnik.model_node(meta['keys_in']) -%}
    {%- set source = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
    select {{ meta['key'] }}
    from {{ source }}
    where {{ esputnik.in_days(esputnik.source_days().day, days) }} and {{ meta['key'] }} is not null
    union distinct
    select {{ meta['key'] }}
    from {{ this }}
    where
        {{ esputnik.in_days(meta['day_column'], among) if among is not none else esputnik.every_day(meta['day_column']) }}
        and {{ esputnik.has_element_in(meta['key_days'], days) }}
{%- endmacro %}

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

{#- The table that holds the touched keys while the model is built. -#}
{% macro touched_keys_table(relation) -%}
    {{ return(api.Relation.create(
        database=relation.database, schema=relation.schema, identifier=relation.identifier ~ '__touched', type='table'
    )) }}
{%- endmacro %}

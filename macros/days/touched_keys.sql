{#-
    For models whose rows gather a key's source rows from several days, such as sends: their meta names the `key`, the
    relation that has its source rows (`keys_in`), and the column in which a row keeps the days that it was built from
    (`key_days`, an array). So a touched day leads to the keys that have a row on it now, and to those that had one when
    they were built; both are built again, from the rows of all their days and no others.
-#}

{#- The query of the keys that have or had a row on one of the days; the model itself is read on the days `among` only. -#}
{% macro touched_keys(days, among=none) -%}
    {%- set meta = config.get('meta') -%}
    select {{ meta['key'] }}
    from {{ esputnik.model_relation(meta['keys_in']) }}
    where {{ esputnik.in_days(esputnik.source_days().day, days) }} and {{ meta['key'] }} is not null
    union distinct
    select {{ meta['key'] }}
    from {{ this }}
    where
        {{ esputnik.in_days(meta['day_column'], among) if among is not none else esputnik.every_day(meta['day_column']) }}
        and {{ esputnik.has_element_in(meta['key_days'], days) }}
{%- endmacro %}

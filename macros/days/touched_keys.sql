{#-
    For models whose rows gather a key's source rows from several days, such as sends: their meta names the `key`, the
    relation that has its source rows (`keys_in`), the column in which a row keeps the days that it was built from
    (`key_days`, an array), and the one with the moment of the last of its source rows (`key_last_at`). So a touched day
    leads to the keys that have a row on it now, and to those that had one when they were built; both are built again,
    from the rows of all their days and no others.

    The query of those keys; the model itself is read on the days `among` only.
-#}
{% macro touched_keys(days, among) -%}
    {%- set meta = config.get('meta') -%}
    {{ esputnik.keys_on_days(days) }}
    union distinct
    select {{ meta['key'] }}
    from {{ this }}
    where {{ esputnik.in_days(meta['day_column'], among) }} and {{ esputnik.is_built_from(days) }}
{%- endmacro %}

{#- Bucket 0 to 9999 of a key, from the first 32 bits of its md5: the same on every engine and in every build; null of null. -#}
{% macro random_bucket(key) -%}
    mod(cast('0x' || substr({{ dbt.hash(key) }}, 1, 8) as {{ esputnik.contract_type('INT64') }}), 10000)
{%- endmacro %}

{#- One of the numbers of a version such as 4.10.2 (`place` from 1), to sort by; -1 where there is none. -#}
{% macro version_part(version, place) -%}
    {%- set pattern = '^' ~ '[0-9]{1,9}[.]' * (place - 1) ~ '([0-9]{1,9})(?:[^0-9]|$)' -%}
    coalesce(cast({{ esputnik.regexp_capture(version, pattern) }} as {{ esputnik.contract_type('INT64') }}), -1)
{%- endmacro %}

{#-
    A code as it is compared with a seed's spelling: lower case, letters and digits only, so that `IN PROGRESS`,
    `in_progress` and `InProgress` are one.
-#}
{% macro spelling_key(column) -%}
    {{ esputnik.regexp_remove('lower(' ~ column ~ ')', '[^a-z0-9]') }}
{%- endmacro %}

{#-
    The value of a parameter of an event, as text, from the JSON array of names and values that the export writes; null
    where there is none, or an empty one. Read by patterns, a text as far as its first quote: the engines' JSON functions
    differ, and all of them would have to search an array.
-#}
{% macro event_parameter(params_json, name) -%}
    {%- set before = '"name" *: *"' ~ name ~ '" *, *"value" *: *' -%}
    {{ return(
        'coalesce(' ~ esputnik.regexp_capture(params_json, before ~ '"([^"]+)"')
        ~ ', ' ~ esputnik.regexp_capture(params_json, before ~ '([^",} ]+)') ~ ')'
    ) }}
{%- endmacro %}

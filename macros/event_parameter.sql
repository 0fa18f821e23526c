{#-
    The value of a parameter of an event, as text, from the JSON array of names and values that the export writes; null
    where there is none, or an empty one. A pattern reads it, as far as the first quote in the value: the engines' own JSON
    functions differ, and both have to search an array.
-#}
{% macro event_parameter(params_json, name) -%}
    {{ return(esputnik.regexp_capture(
        params_json, '"name" *: *"' ~ name ~ '" *, *"value" *: *"?([^",}]+)'
    )) }}
{%- endmacro %}

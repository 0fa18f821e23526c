{#-
    The value of a parameter of an event, as text, from the JSON array of names and values that the export writes, in
    either order, quoted or not; null where there is none, or an empty one. Read by patterns, a text as far as its first
    quote: the engines' JSON functions differ, and all of them would have to search an array.
-#}
{% macro event_parameter(params_json, name) -%}
    {%- set named = '"name" *: *"' ~ modules.re.escape(name) ~ '"' -%}
    {%- set found = [] -%}
    {%- for value in ['"([^"]+)"', '([^",} ]+)'] -%}
        {%- do found.append(esputnik.regexp_capture(params_json, named ~ ' *, *"value" *: *' ~ value)) -%}
        {%- do found.append(esputnik.regexp_capture(params_json, '"value" *: *' ~ value ~ ' *, *' ~ named)) -%}
    {%- endfor -%}
    {{ return('coalesce(' ~ found | join(', ') ~ ')') }}
{%- endmacro %}

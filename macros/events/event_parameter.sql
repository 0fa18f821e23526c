{#-
    The value of a parameter of an event, as text, from the JSON array of names and values that the export writes, in
    either order, quoted or not; null where there is none, an empty one, a JSON null, or a list. Read by patterns, a text as
    far as its first quote: the engines' JSON functions differ, and all of them would have to search an array.
-#}
{% macro event_parameter(params_json, name) -%}
    {%- set named = '"name"\\s*:\\s*"' ~ modules.re.escape(name) ~ '"' -%}
    {%- set found = [] -%}
    {%- for value, as_text in [('"([^"]+)"', '%s'), ('([^"\\[\\]{},\\s]+)', "nullif(%s, 'null')")] -%}
        {%- for pattern in [named ~ '\\s*,\\s*"value"\\s*:\\s*' ~ value, '"value"\\s*:\\s*' ~ value ~ '\\s*,\\s*' ~ named] -%}
            {%- do found.append(as_text | replace('%s', esputnik.regexp_capture(params_json, pattern))) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return('coalesce(' ~ found | join(', ') ~ ')') }}
{%- endmacro %}

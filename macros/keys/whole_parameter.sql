{#-
    The digits of a whole number that a parameter of an event holds, as text, from `params_json`: a list of objects with
    `name` and `value` in either order, the value quoted or not. Null where it holds no whole number, or is not there.
-#}
{% macro whole_parameter(params_json, name) -%}
    {%- set named = '"name"[ ]*:[ ]*"' ~ modules.re.escape(name) ~ '"' -%}
    {%- set valued = '"value"[ ]*:[ ]*"?([0-9]+)"?' -%}
    coalesce(
        {{ esputnik.regexp_capture(params_json, named ~ '[ ]*,[ ]*' ~ valued ~ '[ ]*[,}]') }},
        {{ esputnik.regexp_capture(params_json, valued ~ '[ ]*,[ ]*' ~ named) }}
    )
{%- endmacro %}

{#-
    A clicked link as the page it leads to: without its fragment and without the parameters of var
    `tracking_parameters` (names in any case; `*` stands for any ending), which tell campaigns apart and not pages. Other
    parameters stay, in their order. Null where nothing is left.
-#}
{% macro link_without_tracking(link) -%}
    {%- set names = [] -%}
    {%- for name in esputnik.list_of_texts('tracking_parameters') -%}
        {%- do names.append(modules.re.escape(name) | replace('\\*', '[^=&]*')) -%}
    {%- endfor -%}
    {%- set text = esputnik.trim_blanks(link) -%}
    {%- set page = 'coalesce(' ~ esputnik.regexp_capture(text, '^([^?#]*)') ~ ", '')" -%}
    {#- Every parameter begins with an ampersand, the first one too, until the tracking ones are gone. -#}
    {%- set query = "concat('&', coalesce(" ~ esputnik.regexp_capture(text, '^[^?#]*[?]([^#]*)') ~ ", ''))" -%}
    {%- set kept = esputnik.regexp_remove(query, '(?i)&(?:' ~ names | join('|') ~ ')=[^&]*') -%}
    {%- set kept = esputnik.regexp_remove(kept, '^&+') -%}
    nullif(concat({{ page }}, case when {{ kept }} <> '' then '?' else '' end, {{ kept }}), '')
{%- endmacro %}

{#- Where NPS answers are, as a dict of texts: var `nps_source`, checked. -#}
{% macro nps_source() -%}
    {%- set source, allowed = var('nps_source') or {}, ['event_type_key', 'parameter', 'link_pattern'] -%}
    {%- if source is not mapping or source | reject('in', allowed) | list -%}
        {%- do exceptions.raise_compiler_error(
            "var nps_source is '" ~ source ~ "'. Allowed: a mapping of " ~ allowed | join(', ')
            ~ ", such as {event_type_key: npsAnswer, parameter: score}."
        ) -%}
    {%- endif -%}
    {{ return(source) }}
{%- endmacro %}

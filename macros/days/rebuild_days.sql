{#- The first and the last UTC day to rebuild by hand, as texts, or none: vars `rebuild_from` and `rebuild_to`, checked. -#}
{% macro rebuild_days() -%}
    {%- for name in ['rebuild_from', 'rebuild_to'] if var(name) -%}
        {%- set text = var(name) | string -%}
        {%- if text | length != 10 or not esputnik.is_date(text) -%}
            {%- do exceptions.raise_compiler_error(
                "var " ~ name ~ " is '" ~ text ~ "', which is no day. Allowed: empty, or a UTC day such as 2026-01-31."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not var('rebuild_from') and not var('rebuild_to') -%}{{ return(none) }}{%- endif -%}
    {%- set first = var('rebuild_from') | string if var('rebuild_from') else '0001-01-01' -%}
    {%- set last = var('rebuild_to') | string if var('rebuild_to') else '9999-12-31' -%}
    {%- if first > last -%}
        {%- do exceptions.raise_compiler_error(
            "var rebuild_from is '" ~ first ~ "', which is after rebuild_to, '" ~ last ~ "'. Exchange them."
        ) -%}
    {%- endif -%}
    {{ return([first, last]) }}
{%- endmacro %}

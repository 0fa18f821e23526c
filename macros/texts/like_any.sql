{#- 1 where the text is like one of the LIKE patterns, else 0 (no text included). -#}
{% macro like_any(text, patterns) -%}
    {%- set conditions = [] -%}
    {%- for pattern in patterns -%}
        {%- do conditions.append(esputnik.is_like(text, esputnik.text_literal(pattern))) -%}
    {%- endfor -%}
    case when {{ conditions | join(' or ') or 'false' }} then 1 else 0 end
{%- endmacro %}

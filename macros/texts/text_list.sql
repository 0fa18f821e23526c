{#- Texts as a list of literals, for `in (…)`; of none, a null, which nothing is in. -#}
{% macro text_list(values) -%}
    {%- set literals = [] -%}
    {%- for value in values -%}
        {%- do literals.append(esputnik.text_literal(value)) -%}
    {%- endfor -%}
    {{ return(literals | join(', ') or 'null') }}
{%- endmacro %}

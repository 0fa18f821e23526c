{#- 1 where a text of tags, separated by commas, holds one of the wanted tags in any case, blanks aside; else 0. -#}
{% macro has_tag(tags, wanted) -%}
    {%- set listed = "concat(',', " ~ esputnik.regexp_remove('lower(' ~ tags ~ ')', ' ') ~ ", ',')" -%}
    {%- set conditions = [] -%}
    {%- for tag in wanted -%}
        {%- set text = ',' ~ tag | lower | replace(' ', '') ~ ',' -%}
        {%- do conditions.append('strpos(' ~ listed ~ ', ' ~ esputnik.text_literal(text) ~ ') > 0') -%}
    {%- endfor -%}
    case when {{ conditions | join(' or ') or 'false' }} then 1 else 0 end
{%- endmacro %}

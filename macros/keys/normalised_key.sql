{#-
    A contact key as it is compared: e-mail addresses without blanks around them in lower case, phone numbers as digits
    only, other keys without blanks around them (leading zeros stay). Nothing left becomes null.

    Args:
        column: expression of any type.
        kind: `email`, `sms` or anything else.
-#}
{% macro normalised_key(column, kind) -%}
    {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- if kind == 'email' -%}
        nullif({{ esputnik.lower_case(esputnik.trim_blanks(text)) }}, '')
    {%- elif kind == 'sms' -%}
        nullif({{ esputnik.regexp_remove(text, '[^0-9]') }}, '')
    {%- else -%}
        nullif({{ esputnik.trim_blanks(text) }}, '')
    {%- endif -%}
{%- endmacro %}

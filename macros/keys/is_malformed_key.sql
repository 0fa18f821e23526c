{#-
    Whether a normalised key cannot be what it should be, as a condition: an e-mail address without a name, a host and a
    dot in it, with a blank or a second @; a phone number of fewer than 7 or more than 15 digits, the bounds of
    international numbers. Other keys may be anything.

    Args:
        key: normalised key, not null.
        kind: `email`, `sms` or anything else.
-#}
{% macro is_malformed_key(key, kind) -%}
    {%- if kind == 'email' -%}
        ({{ key }} not like '%_@_%._%' or {{ key }} like '%@%@%' or {{ key }} like '% %')
    {%- elif kind == 'sms' -%}
        (length({{ key }}) not between 7 and 15)
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

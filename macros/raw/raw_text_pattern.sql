{#-
    Pattern (RE2) of the texts that are values of a type of the contract, the whole text, with the part to be cast as its
    one group. The engines' own casts take more, and each takes something else: hexadecimal digits, underscores,
    `infinity`, `epoch`, half a dozen forms of times.

    A time is `2026-01-31`, `2026-01-31 09:30`, or with seconds and a fraction of one too, `T` in the place of the blank;
    behind seconds may stand an offset (`Z`, `UTC`, `+02`, `+0200`, `+02:00`). The part to be cast is its date.
-#}
{% macro raw_text_pattern(data_type) -%}
    {{ return({
        'INT64': '^\\s*([+-]?[0-9]+)(?:[.]0+)?\\s*$',
        'FLOAT64': '^\\s*([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?)\\s*$',
        'TIMESTAMP': '^\\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?'
            ~ '\\s*(?:Z|z|UTC|[+-](?:0[0-9]|1[0-3])(?::?[0-5][0-9])?|[+-]14(?::?00)?)?)?)?\\s*$',
    }[data_type]) }}
{%- endmacro %}

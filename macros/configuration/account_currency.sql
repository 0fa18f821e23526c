{#-
    Currency of money in reports and segments: var `account_currency`, checked. Orders' currencies are compared in capitals
    without blanks around them, so one that is written otherwise would be no order's.
-#}
{% macro account_currency() -%}
    {%- set currency = var('account_currency') | string -%}
    {%- if not currency or currency != currency | trim | upper -%}
        {%- do exceptions.raise_compiler_error(
            "var account_currency is '" ~ currency ~ "', which no order is in. Allowed: codes of currencies in capitals, such "
            ~ "as UAH or EUR."
        ) -%}
    {%- endif -%}
    {{ return(currency) }}
{%- endmacro %}

{#- The counts of `send_counts` and whether opens are told of, over rows that have been counted before. -#}
{% macro summed_send_counts() -%}
    max(reports_opens) as reports_opens
        {%- for count in esputnik.send_count_names() %},
        cast(sum({{ count }}) as {{ esputnik.contract_type('INT64') }}) as {{ count }}
        {%- endfor -%}
{%- endmacro %}

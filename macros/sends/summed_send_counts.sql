{#- The counts of `send_counts` over rows that have been counted before. -#}
{% macro summed_send_counts() -%}
    {%- for count in esputnik.send_count_names() %}
        {%- if not loop.first %},
        {% endif -%}
        cast(sum({{ count }}) as {{ esputnik.contract_type('INT64') }}) as {{ count }}
    {%- endfor -%}
{%- endmacro %}

{#- One send, and one broadcast, has one channel, whatever rows say: a misspelt one must not hide it. An aggregate. -#}
{% macro channel_of_send() -%}
    coalesce(min(case when channel <> 'other' then channel end), 'other')
{%- endmacro %}

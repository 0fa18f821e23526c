{#- Table of the whole numbers from 0 to `last` in a column `name`, to be cross joined to the rows that `last` is of. -#}
{% macro numbers_up_to(last, name) -%}
    {{ return(adapter.dispatch('numbers_up_to', 'esputnik')(last, name)) }}
{%- endmacro %}

{% macro default__numbers_up_to(last, name) -%}
    {{ return('unnest(generate_array(0, ' ~ last ~ ')) as ' ~ name) }}
{%- endmacro %}

{% macro duckdb__numbers_up_to(last, name) -%}
    {{ return('unnest(generate_series(0, ' ~ last ~ ')) as ' ~ name ~ '_table(' ~ name ~ ')') }}
{%- endmacro %}

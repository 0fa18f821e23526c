{#-
    A raw column as text, the same on every engine; floats aside, which `cast_raw` sees to. Decimals without zeros at their
    end, times with as many digits of a second as they have, timestamps in UTC.

    Args:
        column: quoted name.
        from_type: its type, as the engine names it.
-#}
{% macro text_of(column, from_type) -%}
    {{ return(adapter.dispatch('text_of', 'esputnik')(column, from_type | lower)) }}
{%- endmacro %}

{% macro default__text_of(column, from_type) -%}
    {%- if from_type == 'json' -%}
        {{ return('to_json_string(' ~ column ~ ')') }}
    {%- elif from_type == 'timestamp' -%}
        {{ return("format_timestamp('%F %H:%M:%E*S+00', " ~ column ~ ')') }}
    {%- elif from_type == 'datetime' -%}
        {{ return("format_datetime('%F %H:%M:%E*S', " ~ column ~ ')') }}
    {%- endif -%}
    {{ return('safe_cast(' ~ column ~ ' as string)') }}
{%- endmacro %}

{% macro duckdb__text_of(column, from_type) -%}
    {%- set text = 'cast(' ~ column ~ ' as varchar)' -%}
    {%- if from_type.startswith('decimal') -%}
        {{ return("case when contains(" ~ text ~ ", '.') then rtrim(rtrim(" ~ text ~ ", '0'), '.') else " ~ text ~ ' end') }}
    {%- elif from_type == 'timestamp with time zone' -%}
        {{ return("cast(timezone('UTC', " ~ column ~ ") as varchar) || '+00'") }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}

{#-
    A raw column of any type as one of the contract's types; what cannot be read becomes null. Times without an offset
    are read in var `export_timezone`. Whole numbers are guarded by a pattern, since both engines' casts take more
    than digits ('0x1F', '1e2').

    Args:
        column: quoted name.
        from_type: type of the raw column, as the engine names it.
        data_type: type in the contract.
-#}
{% macro cast_raw(column, from_type, data_type) -%}
    {%- set type = esputnik.contract_type(data_type) -%}
    {%- if from_type | lower == type -%}
        {{ return(column) }}
    {%- endif -%}
    {{ return(adapter.dispatch('cast_raw', 'esputnik')(column, from_type | lower, type)) }}
{%- endmacro %}

{% macro default__cast_raw(column, from_type, type) -%}
    {%- set zone = "'" ~ esputnik.export_timezone() ~ "'" -%}
    {%- set has_offset = "regexp_contains(" ~ column ~ ", r':[0-9.]+ *([Zz]|[+-][0-9:]+)$')" -%}
    {%- if type == 'timestamp' and from_type in ['string', 'varchar'] -%}
        {{ return(
            'if(' ~ has_offset ~ ', safe_cast(' ~ column ~ ' as timestamp), timestamp(safe_cast(' ~ column
            ~ ' as datetime), ' ~ zone ~ '))'
        ) }}
    {%- elif type == 'timestamp' and from_type in ['datetime', 'date'] -%}
        {{ return('timestamp(' ~ column ~ ', ' ~ zone ~ ')') }}
    {%- elif type == 'int64' and from_type in ['string', 'varchar'] -%}
        {{ return("if(regexp_contains(" ~ column ~ ", r'^ *[+-]?[0-9]+ *$'), safe_cast(trim(" ~ column ~ ") as int64), null)") }}
    {%- elif type == 'string' and from_type == 'json' -%}
        {{ return('to_json_string(' ~ column ~ ')') }}
    {%- endif -%}
    {{ return('safe_cast(' ~ column ~ ' as ' ~ type ~ ')') }}
{%- endmacro %}

{% macro duckdb__cast_raw(column, from_type, type) -%}
    {%- set zone = "'" ~ esputnik.export_timezone() ~ "'" -%}
    {%- set has_offset = "regexp_matches(" ~ column ~ ", ':[0-9.]+ *([Zz]|[+-][0-9:]+)$')" -%}
    {%- set is_text = from_type in ['varchar', 'text', 'string'] -%}
    {%- if type == 'timestamp with time zone' and is_text -%}
        {{ return(
            'case when ' ~ has_offset ~ ' then try_cast(' ~ column ~ ' as timestamptz) else timezone(' ~ zone
            ~ ', try_cast(' ~ column ~ ' as timestamp)) end'
        ) }}
    {%- elif type == 'timestamp with time zone' -%}
        {{ return('timezone(' ~ zone ~ ', cast(' ~ column ~ ' as timestamp))') }}
    {%- elif type == 'bigint' and is_text -%}
        {{ return("case when regexp_matches(" ~ column ~ ", '^ *[+-]?[0-9]+ *$') then try_cast(trim(" ~ column ~ ") as bigint) end") }}
    {%- endif -%}
    {{ return('try_cast(' ~ column ~ ' as ' ~ type ~ ')') }}
{%- endmacro %}

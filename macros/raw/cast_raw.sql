{#-
    A raw column of any type as one of the contract's types; what cannot be read becomes null, a number with a fraction
    where a whole one is due too. Reads what the loader reads, and takes the same for the same on every engine.

    Args:
        column: quoted name.
        from_type: type of the raw column, as the engine names it.
        data_type: type in the contract.
-#}
{% macro cast_raw(column, from_type, data_type) -%}
    {%- set type = esputnik.contract_type(data_type) -%}
    {%- set from_type = from_type | lower -%}
    {%- set is_text = from_type in ['string', 'varchar', 'text'] -%}
    {%- set is_float = from_type in ['float64', 'double', 'float'] -%}
    {%- set is_decimal = from_type.startswith(('numeric', 'bignumeric', 'decimal')) -%}
    {%- if from_type == type -%}
        {{ return(column) }}
    {%- elif data_type == 'TIMESTAMP' and is_text -%}
        {{ return(esputnik.moment_of(column)) }}
    {%- elif data_type == 'DATE' and is_text -%}
        {{ return(esputnik.safe_cast(esputnik.regexp_capture(column, esputnik.raw_text_pattern('TIMESTAMP')), type)) }}
    {%- elif data_type == 'DATE' and from_type == esputnik.contract_type('TIMESTAMP') -%}
        {{ return(esputnik.local_date(column)) }}
    {%- elif data_type == 'TIMESTAMP' -%}
        {{ return(esputnik.local_moment('cast(' ~ column ~ ' as ' ~ esputnik.datetime_type() ~ ')')) }}
    {%- elif data_type in ['INT64', 'FLOAT64'] and is_text -%}
        {%- set number = esputnik.safe_cast(esputnik.regexp_capture(column, esputnik.raw_text_pattern(data_type)), type) -%}
        {%- if data_type == 'INT64' -%}{{ return(number) }}{%- endif -%}
        {#- What is too great for the type becomes infinite. -#}
        {{ return('case when abs(' ~ number ~ ") < cast('inf' as " ~ type ~ ') then ' ~ number ~ ' end') }}
    {%- elif data_type == 'INT64' and (is_float or is_decimal) -%}
        {{ return('case when ' ~ column ~ ' = trunc(' ~ column ~ ') then ' ~ esputnik.safe_cast(column, type) ~ ' end') }}
    {%- elif data_type == 'STRING' and is_float -%}
        {#- A file's column of whole numbers with gaps often comes as floats: an id must not end in `.0`. -#}
        {%- set whole = 'cast(cast(' ~ column ~ ' as ' ~ esputnik.contract_type('INT64') ~ ') as ' ~ type ~ ')' -%}
        {{ return(
            'case when ' ~ column ~ ' = trunc(' ~ column ~ ') and abs(' ~ column ~ ') < 1e16 then ' ~ whole
            ~ ' else cast(' ~ column ~ ' as ' ~ type ~ ') end'
        ) }}
    {%- elif data_type == 'STRING' -%}
        {{ return(esputnik.text_of(column, from_type)) }}
    {%- endif -%}
    {{ return(esputnik.safe_cast(column, type)) }}
{%- endmacro %}

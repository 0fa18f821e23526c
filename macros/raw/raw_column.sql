{#-
    Expression for a raw column in the contract's type, whatever the raw table has of it: its new name, its old name,
    both (the first that is filled), or neither (a typed null); in its own type or as text.

    Not for a partition filter: `coalesce(new, old) = …` prunes nothing.
-#}
{% macro raw_column(raw, name) -%}
    {%- if not execute -%}{{ return('null') }}{%- endif -%}
    {%- set contract = raw.contract.get(name, raw.get('other_columns')) -%}
    {%- if not contract -%}
        {%- do exceptions.raise_compiler_error('The contract has no column ' ~ raw.name ~ '.' ~ name ~ '.') -%}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for candidate in [name, contract.replaces] if candidate and candidate | lower in raw.columns -%}
        {%- do found.append(
            esputnik.cast_raw(adapter.quote(candidate), raw.columns[candidate | lower], contract.data_type)
        ) -%}
    {%- endfor -%}
    {%- if found | length == 0 -%}
        {{ return('cast(null as ' ~ esputnik.contract_type(contract.data_type) ~ ')') }}
    {%- elif found | length == 1 -%}
        {{ return(found[0]) }}
    {%- endif -%}
    {{ return('coalesce(' ~ found | join(', ') ~ ')') }}
{%- endmacro %}

{#-
    Query of the days of a raw table: day (text, `none` for rows without a time), fingerprint (text) and rows_there.

    BigQuery reads partition metadata, which costs 10 MB whatever the table's size, and sees rows of loads that are not
    completed too: then rows seen and rows there differ, and the day is looked at again by the next build. DuckDB counts
    the visible rows. A raw table without partitions or load ids is hashed.
-#}
{% macro default__raw_days_listing(raw, day) -%}
    {%- if raw.is_partitioned -%}
        select
            case partition_id
                when '__NULL__' then 'none'
                else cast(safe.parse_date('%Y%m%d', partition_id) as string)
            end as day,
            concat(cast(total_rows as string), ' ', cast(unix_micros(last_modified_time) as string)) as fingerprint,
            total_rows as rows_there
        from {{ raw.relation.include(identifier=false) }}.INFORMATION_SCHEMA.PARTITIONS
        where table_name = '{{ raw.relation.identifier }}' and total_rows > 0
    {%- else -%}
        select
            coalesce(cast({{ day }} as string), 'none') as day,
            concat(cast(count(*) as string), ' ', cast(bit_xor(farm_fingerprint(to_json_string(raw_row))) as string))
                as fingerprint,
            count(*) as rows_there
        from {{ raw.relation }} as raw_row
        where {{ esputnik.completed_loads(raw) }}
        group by 1
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__raw_days_listing(raw, day) -%}
    {%- if raw.has_loads -%}
        {#- The rows of each load first: what is asked of the loads is then asked once a load and day, not once a row. -#}
        select
            coalesce(cast(day as varchar), 'none') as day,
            cast(sum(rows_of_load) as bigint) || ' ' || max(_dlt_load_id) as fingerprint,
            cast(sum(rows_of_load) as bigint) as rows_there
        from (
            select
                {{ day }} as day,
                _dlt_load_id,
                count(*) as rows_of_load
            from {{ raw.relation }}
            group by 1, 2
        ) as loaded
        where {{ esputnik.completed_loads(raw) }}
        group by 1
    {%- else -%}
        select
            coalesce(cast({{ day }} as varchar), 'none') as day,
            count(*) || ' ' || bit_xor(hash(raw_row)) as fingerprint,
            count(*) as rows_there
        from {{ raw.relation }} as raw_row
        group by 1
    {%- endif -%}
{%- endmacro %}

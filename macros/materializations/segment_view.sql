{#-
    A view that the platform reads, over a table that is checked before it takes the place of the one that is read.

    The model's rows become a candidate table beside the dataset of views (its name ends in `_tables`), clustered by the
    contact key. Its columns and rows are held against the data test `external_source`, with the arguments that the model's
    YAML gives it. Where something is wrong the build of the model fails, the candidate is left to be looked at, and the
    platform goes on reading what it read. Else the candidate is put in place, and the view selects its columns, no more.

    The platform never meets a moment without rows: a table is replaced in one step.
-#}
{% materialization segment_view, default -%}
    {%- set view = this.incorporate(type='view') -%}
    {%- set existing = load_relation(this) -%}
    {%- set table = api.Relation.create(
        database=this.database, schema=esputnik.tables_schema(this.schema), identifier=this.identifier, type='table'
    ) -%}
    {%- set candidate = table.incorporate(path={'identifier': this.identifier ~ '__candidate'}) -%}
    {%- set arguments = esputnik.source_arguments() -%}

    {{ run_hooks(pre_hooks) }}

    {%- set columns = get_column_schema_from_query(sql, config.get('sql_header')) -%}
    {%- do esputnik.assert_contract(columns, sql) -%}
    {%- call esputnik.committed_statement('main') -%}
        {{ esputnik.clustered_table(candidate, arguments.key, sql) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- do esputnik.assert_source(candidate, arguments, columns) -%}

    {%- set described = esputnik.columns_to_describe(columns) -%}
    {%- call esputnik.committed_statement('in_place') -%}
        {{ esputnik.drop_other_type(existing, 'view') }}
        {{ esputnik.put_in_place(candidate, table, arguments.key) }}
        {{ esputnik.create_or_replace_view(view, table, columns, described) }}
    {%- endcall -%}

    {% do apply_grants(view, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=false)) %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}

    {{ return({'relations': [view]}) }}
{%- endmaterialization %}

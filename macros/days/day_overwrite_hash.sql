{#-
    Hash of everything besides the source's rows that a model built by `day_overwrite` depends on: its SQL with the
    days taken out, and the seeds that it reads, through ephemeral models and views too. A view's own SQL is not in the
    model's, so a view names in `vars` of its meta the vars that change its rows. Another model built by days has a hash of
    its own, which changes with its vars and SQL; not the source, whose ledger tells that its days were built again.
-#}
{% macro day_overwrite_hash(sql_without_days) -%}
    {%- set parts = [sql_without_days] -%}
    {%- set waiting = model.depends_on.nodes | list -%}
    {%- set known = {} -%}
    {%- for _ in range(graph.nodes | length) -%}
        {%- set id = waiting.pop() if waiting else none -%}
        {%- set node = graph.nodes.get(id) -%}
        {%- if node and id not in known -%}
            {%- do known.update({id: true}) -%}
            {%- if node.resource_type == 'seed' -%}
                {%- do parts.append(id ~ node.checksum.checksum) -%}
            {%- elif node.config.materialized in ['ephemeral', 'view'] -%}
                {%- do parts.append(node.checksum.checksum) -%}
                {%- for name in node.config.meta.get('vars', []) -%}
                    {%- do parts.append(name ~ var(name) | string) -%}
                {%- endfor -%}
                {%- do waiting.extend(node.depends_on.nodes) -%}
            {%- elif node.config.materialized == 'day_overwrite' and node.name != config.meta_require('days_of') -%}
                {%- do parts.append(id ~ esputnik.hash_built_with(node.name)) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | sort | join('\n'))) }}
{%- endmacro %}

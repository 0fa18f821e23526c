{#- What the YAML of the model that is being built tells its data test `external_source`, defaults included. -#}
{% macro source_arguments() -%}
    {%- set arguments = {'key': none, 'rank': none, 'max_characters': 1000000} -%}
    {%- for test in graph.nodes.values()
        if test.resource_type == 'test' and test.attached_node == model.unique_id
        and (test.test_metadata or {}).get('name') == 'external_source' -%}
        {%- for name in arguments if name in test.test_metadata.kwargs -%}
            {%- do arguments.update({name: test.test_metadata.kwargs[name]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- Asked for last: vars of this package are not seen from models of another project, which name their key. -#}
    {%- if not arguments.key -%}{%- do arguments.update({'key': esputnik.contact_key_name()}) -%}{%- endif -%}
    {{ return(arguments) }}
{%- endmacro %}

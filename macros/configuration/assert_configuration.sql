{#-
    Stops a build before anything is built where a var has a value that cannot be meant: dbt calls it when a run starts.
    Each of the macros named here says which var it is and what is allowed.
-#}
{% macro assert_configuration() -%}
    {%- do esputnik.account_timezone() -%}
    {%- do esputnik.export_timezone() -%}
    {%- do esputnik.account_currency() -%}
    {%- do esputnik.as_of_moment() -%}
    {%- do esputnik.contact_key_source() -%}
    {%- do esputnik.contact_attributes() -%}
    {%- do esputnik.covered_sources() -%}
    {%- do esputnik.nps_source() -%}
    {%- do esputnik.purchase_milestones() -%}
    {%- do esputnik.rebuild_days() -%}
    {%- do esputnik.report_attribution_model() -%}
    {%- for name in esputnik.lists_of_texts() -%}{%- do esputnik.list_of_texts(name) -%}{%- endfor -%}
    {%- for name in esputnik.whole_numbers() -%}{%- do esputnik.whole_number(name) -%}{%- endfor -%}
    {%- for name in ['engagement_open_weight', 'engagement_click_weight'] -%}
        {%- if var(name) is not number or var(name) < 0 -%}
            {%- do exceptions.raise_compiler_error(
                "var " ~ name ~ " is '" ~ var(name) ~ "', which is no weight. Allowed: numbers of 0 or more."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if var('test_all_days') is not boolean -%}
        {%- do exceptions.raise_compiler_error(
            "var test_all_days is '" ~ var('test_all_days') ~ "'. Allowed: true, false (without quotation marks)."
        ) -%}
    {%- endif -%}
{%- endmacro %}

{#-
    One end of the 95% confidence interval of a share `hits / trials`: Wilson's score interval (Wilson 1927), which stays
    within 0 and 1 and holds for few trials too. Null without a trial.

    Args:
        side: -1 for the lower end, 1 for the upper.
-#}
{% macro wilson(hits, trials, side) -%}
    {%- set z = esputnik.z_of_95() -%}
    {%- set n = 'nullif(' ~ trials ~ ', 0)' -%}
    ({{ hits }} / {{ n }} + {{ z }} * {{ z }} / (2 * {{ n }})
        {{ '+' if side > 0 else '-' }} {{ z }} * sqrt(
            ({{ hits }} / {{ n }} * (1 - {{ hits }} / {{ n }}) + {{ z }} * {{ z }} / (4 * {{ n }})) / {{ n }}
        )) / (1 + {{ z }} * {{ z }} / {{ n }})
{%- endmacro %}

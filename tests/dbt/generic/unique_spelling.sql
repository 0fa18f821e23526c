{#- No two rows of a seed spell the same raw value, case and blanks aside: joins would double rows. -#}
{% test unique_spelling(model, column) %}

    select
        {{ esputnik.spelling_key(column) }} as spelling,
        count(*) as row_count
    from {{ model }}
    group by 1
    having count(*) > 1

{% endtest %}

{#-
    The platform can read the model as an external data source, and finds nothing there that it should not.

    Of the columns: the key is there, types are scalar and from the safe list, names are lower case and not reserved, no
    column but the key holds personal data (by its name or by an e-mail address in it) unless its meta says `pii: true`.
    Of the rows: the key is there, unique (with `rank`: key and rank are) and written as the platform stores it; no row is
    longer than the platform's templates should have to carry.

    Each failing row names its problem; what is wrong with columns is printed too. Rows are looked at once the columns are
    right: many a wrong column could not be read.

    Args:
        key: name of the key column, that of var `contact_key` by default. `email` is compared in lower case, `phone` as
            digits, anything else as text without blanks around it.
        rank: of sources with several rows per key, the column that numbers them.
        max_characters: of all columns of a row together.
-#}
{% test external_source(model, key=none, rank=none, max_characters=1000000) %}

{%- set key = key or esputnik.contact_key_name() -%}
{%- set columns = esputnik.source_columns(model) if execute else [] -%}
{%- set problems = esputnik.source_shape_problems(columns, key, rank) if execute else [] -%}
{%- for problem in problems -%}{%- do log(model ~ ': ' ~ problem, info=true) -%}{%- endfor %}

{{ esputnik.source_problems(model, columns, problems, key, rank, max_characters) }}

{% endtest %}

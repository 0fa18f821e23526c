{{ config(cluster_by=['contact_id']) }}

{%- set raw = esputnik.raw_dataset('contacts') -%}
{%- set columns = {
    'contact_id': 'contactId',
    'external_customer_id': 'externalCustomerId',
    'contact_source': 'contactSource',
    'email': 'email',
    'email_domain': 'emailDomain',
    'email_status': 'emailStatus',
    'first_name': 'firstName',
    'language_code': 'languageCode',
    'last_name': 'lastName',
    'sms': 'sms',
    'total_clicked': 'totalClicked',
    'total_received': 'totalReceived',
    'total_sent': 'totalSent',
    'total_viewed': 'totalViewed',
    'created_at': 'createdDate',
    'last_clicked_at': 'lastClickedDate',
    'last_received_at': 'lastReceivedDate',
    'last_sent_at': 'lastSentDate',
    'last_viewed_at': 'lastViewedDate',
} -%}
{%- set extra_columns = [] -%}
{%- for column in esputnik.list_of_texts('contact_extra_columns') -%}
    {%- do extra_columns.append(esputnik.snake_case(column)) -%}
{%- endfor -%}

with

renamed as (

    select
        {{ esputnik.raw_columns(raw, columns) }},
        {%- for column in esputnik.list_of_texts('contact_extra_columns') %}
        {{ esputnik.raw_extra_column(raw, column) }} as {{ esputnik.snake_case(column) }},
        {%- endfor %}
        {{ esputnik.raw_load_id(raw) }} as _dlt_load_id
    from {{ esputnik.raw_rows(raw, source('esputnik', 'contacts')) }}

),

deduplicated as (

    select {{ esputnik.all_but(['_dlt_load_id']) }}
    from renamed
    qualify row_number() over (
        partition by contact_id
        order by
            {{ esputnik.newest_first(columns.keys() | list + extra_columns) }}
    ) = 1

)

select * from deduplicated

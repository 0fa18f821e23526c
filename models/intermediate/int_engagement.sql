{{ config(materialized='table', cluster_by=['contact_key']) }}

{{ esputnik.engagement(ref('int_sends'), ref('int_engaged_sends')) }}

-- A table: many models read it, and to work it out each time would cost more.
{{ config(materialized='table', cluster_by=['contact_key']) }}

{{ esputnik.lifecycle(ref('int_purchases')) }}

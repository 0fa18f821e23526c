"""What lints the SQL: sqlfluff in BigQuery's dialect, on models that dbt compiles for BigQuery."""

"""A stand-in for a Databricks SQL warehouse: local Spark behind Databricks' protocols."""

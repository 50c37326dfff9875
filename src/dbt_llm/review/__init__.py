"""The review page: people look at the answers of dbt_llm__review_sample, one at a time, and say whether they are right.

`dbt-llm review --database my.duckdb` runs it on a DuckDB file. On Streamlit in Snowflake and on Databricks Apps the app is a
script of yours that calls `dbt_llm.review.page.show` with a connection: see docs/review.md.
"""

from .project import described
from .reviews import Reviews, Tables, duckdb_file

__all__ = ["Reviews", "Tables", "described", "duckdb_file"]

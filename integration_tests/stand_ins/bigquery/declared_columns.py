"""CREATE TABLE t (columns) AS (query), as dbt writes a contract: bqemulator knows the query without parentheses only."""

import bqemulator.sql.rewriter.create_table_schema_ctas as ctas
from sqlglot import exp


def install() -> None:
    first_select = ctas._first_select

    def inside_parentheses(body):
        return inside_parentheses(body.this) if isinstance(body, exp.Subquery) else first_select(body)

    ctas._first_select = inside_parentheses

"""UNNEST(array) AS value WITH OFFSET AS place: bqemulator takes 1 off every column `place` of the statement, and of an index."""

import bqemulator.sql.inner_query as inner_query
import sqlglot
from sqlglot import exp


def install() -> None:
    inner_query.rewrite_unnest_offset = _from_zero


def _from_zero(sql: str) -> str:
    """The statement with places that count from 0, where DuckDB's count from 1 as its arrays do."""
    if "WITH OFFSET" not in sql.upper():
        return sql
    tree = sqlglot.parse_one(sql, read="bigquery")
    for unnest in list(tree.find_all(exp.Unnest)):
        offset, select = unnest.args.get("offset"), unnest.parent_select
        if not offset or select is None:
            continue
        name = offset.name if isinstance(offset, exp.Expression) else "offset"
        for column in list(select.find_all(exp.Column)):
            if column.name == name and not isinstance(column.parent, exp.Bracket):
                place = exp.Paren(this=exp.Sub(this=column.copy(), expression=exp.Literal.number(1)))
                is_named = isinstance(column.parent, exp.Select)
                column.replace(exp.alias_(place, name) if is_named else place)
    return tree.sql(dialect="bigquery")

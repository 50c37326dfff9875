"""MERGE, done by DuckDB's own: fakesnow's is several statements, and cannot take the columns as dbt names them."""

import duckdb
from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import exp, parse_one

from snowflake.connector.errors import ProgrammingError

_COUNTS = {"inserted": "INSERT", "updated": "UPDATE", "deleted": "DELETE"}


def install():
    """Take the place of fakesnow's."""
    own_explode = FakeSnowflakeCursor._transform_explode
    own_execute = FakeSnowflakeCursor._execute

    def explode(self, statement):
        if not isinstance(statement, exp.Merge):
            return own_explode(self, statement)
        _name_columns(statement)
        check = _duplicates(statement)
        return [statement] if check is None else [check, statement]

    def execute(self, transformed, params=None):
        if not isinstance(transformed, exp.Merge):
            return own_execute(self, transformed, params)
        try:
            merged = self._duck_conn.execute(f"{transformed.sql(dialect='duckdb')} returning merge_action", params).fetchall()
        except duckdb.BinderException as failure:
            raise ProgrammingError(msg=str(failure), errno=904, sqlstate="42000") from failure
        except duckdb.CatalogException as failure:
            raise ProgrammingError(msg=str(failure).split("\n")[0], errno=2003, sqlstate="42S02") from failure
        actions = [row[0] for row in merged]
        told = {_action(when) for when in _whens(transformed)}
        columns = [f'{actions.count(_COUNTS[name])} as "number of rows {name}"' for name in _COUNTS if name in told]
        counts = parse_one(f"select {', '.join(columns)}", read="duckdb")
        counts.set("merge_counts", True)
        return own_execute(self, counts)

    FakeSnowflakeCursor._transform_explode = explode
    FakeSnowflakeCursor._execute = execute


def _whens(merge):
    whens = merge.args["whens"]
    return whens.expressions if isinstance(whens, exp.Whens) else whens


def _action(when):
    if not when.args.get("matched"):
        return "inserted"
    return "updated" if isinstance(when.args["then"], exp.Update) else "deleted"


def _name_columns(merge):
    # Snowflake finds a bare name of an inserted value in the source, DuckDB in both; and DuckDB takes no table in a SET.
    source = merge.args["using"].alias_or_name
    for when in _whens(merge):
        then = when.args["then"]
        if isinstance(then, exp.Insert) and then.expression is not None:
            for column in then.expression.find_all(exp.Column):
                if not column.table:
                    column.set("table", exp.to_identifier(source))
        if isinstance(then, exp.Update):
            for assignment in then.expressions:
                assignment.this.set("table", None)


def _duplicates(merge):
    """A query that fails where a row of the target has several of the source, as ERROR_ON_NONDETERMINISTIC_MERGE does."""
    conditions = [when.args.get("condition") for when in _whens(merge) if when.args.get("matched")]
    if not conditions:
        return None
    target, source = merge.this.copy(), merge.args["using"].copy()
    joined = exp.select(exp.alias_(exp.Count(this=exp.Star()), "found")).from_(target)
    joined = joined.join(source, on=merge.args["on"].copy(), join_type="inner")
    if None not in conditions:
        joined = joined.where(exp.or_(*[condition.copy() for condition in conditions]))
    joined = joined.group_by(exp.column("rowid", table=target.alias_or_name))
    failing = "case when max(found) > 1 then error('Duplicate row detected during DML action') end as checked"
    return exp.select(failing).from_(joined.subquery("matches"))

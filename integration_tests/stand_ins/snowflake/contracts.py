"""CREATE TABLE with columns AS a query, which is what a model with a contract becomes."""

import fakesnow.transforms
from sqlglot import exp

from snowflake.connector.errors import ProgrammingError


def install():
    """Take the place of fakesnow's, which writes the query in another dialect when it asks for its columns."""
    fakesnow.transforms.create_table_as = _create_table_as


def _create_table_as(statement, connection):
    is_declared = isinstance(statement, exp.Create) and statement.kind == "TABLE" and isinstance(statement.this, exp.Schema)
    if not is_declared or statement.expression is None:
        return statement
    query = statement.expression
    declared = [column for column in statement.this.expressions if isinstance(column, exp.ColumnDef)]
    query = query.unnest() if isinstance(query, exp.Subquery) else query
    names = [row[0] for row in connection.execute(f"describe {query.sql(dialect='duckdb')}").fetchall()]
    if len(names) != len(declared):
        message = "SQL compilation error:\nInvalid column definition list"
        raise ProgrammingError(msg=message, errno=2026, sqlstate="42601")
    columns = [
        exp.alias_(exp.cast(exp.column(name, quoted=True), column.kind.copy()), column.this.name, quoted=True)
        for name, column in zip(names, declared, strict=True)
    ]
    statement.set("expression", exp.select(*columns).from_(query.subquery("declared")))
    statement.set("this", statement.this.this)
    return statement

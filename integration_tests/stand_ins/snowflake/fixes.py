"""The stand-in's parts, put into fakesnow."""

import duckdb
import fakesnow.macros
from fakesnow.cursor import FakeSnowflakeCursor

from snowflake.connector.errors import Error, ProgrammingError

from . import allowed, contracts, functions, merge, rewrites, scripting, session, timestamps, vectors

_MEANINGS = (
    ("Duplicate row detected", "Duplicate row detected during DML action", 100090, "42P18"),
    ("NOT NULL constraint failed", "NULL result in a non-nullable column", 100072, "22000"),
    ("Malformed JSON", "Error parsing JSON", 100069, "22P02"),
)

_NOT_THERE = 2003
"""dbt tells a table that is not there by some of Snowflake's words for it."""


def install():
    """Wrap fakesnow's own steps."""
    contracts.install()
    merge.install()
    timestamps.install()
    vectors.install()
    own_macros = fakesnow.macros.creation_sql
    fakesnow.macros.creation_sql = lambda catalog: own_macros(catalog) + functions.creation_sql(catalog)
    # It looks for session variables inside of string literals too.
    FakeSnowflakeCursor._inline_variables = lambda _, sql: sql
    own_transform = FakeSnowflakeCursor._transform
    own_execute = FakeSnowflakeCursor.execute

    def transform(self, statement, params):
        return own_transform(self, rewrites.apply(statement, self._conn), params)

    def execute(self, command, *args, **kwargs):
        if result := scripting.run(command, lambda statement: execute(self, statement)):
            return result
        try:
            replaced = session.replace(self._conn, command)
            if replaced == command:
                allowed.check(command)
            return own_execute(self, replaced, *args, **kwargs)
        except Error as failure:
            _roll_back(self)
            if failure.errno == _NOT_THERE:
                message = f"{failure.raw_msg} It does not exist or not authorized."
                raise ProgrammingError(msg=message, errno=_NOT_THERE, sqlstate="42S02") from failure
            raise
        except Exception as failure:
            # Else the server answers 500, and the connector tries again for minutes.
            _roll_back(self)
            raise _translated(failure) from failure

    FakeSnowflakeCursor._transform = transform
    FakeSnowflakeCursor.execute = execute


def _roll_back(cursor):
    # In DuckDB a failed statement ends its transaction; without this the session, which dbt uses again, would fail for good.
    try:
        cursor._duck_conn.rollback()
    except duckdb.TransactionException:
        return  # There was none.
    cursor._conn._in_transaction = False


def _translated(failure):
    for sign, message, number, state in _MEANINGS:
        if sign in str(failure):
            return ProgrammingError(msg=message, errno=number, sqlstate=state)
    return ProgrammingError(msg=f"[stand-in] {type(failure).__name__}: {failure}", errno=603, sqlstate="XX000")

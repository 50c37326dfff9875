"""The rewrites and functions, put into fakesnow."""

import fakesnow.macros
from fakesnow.cursor import FakeSnowflakeCursor

from snowflake.connector.errors import Error, ProgrammingError

from . import functions, rewrites, session


def install():
    """Wrap fakesnow's own steps."""
    own_macros = fakesnow.macros.creation_sql
    fakesnow.macros.creation_sql = lambda catalog: own_macros(catalog) + functions.creation_sql(catalog)
    own_transform = FakeSnowflakeCursor._transform
    FakeSnowflakeCursor._transform = lambda self, statement, params: own_transform(self, rewrites.apply(statement), params)
    own_execute = FakeSnowflakeCursor.execute

    def execute(self, command, *args, **kwargs):
        try:
            return own_execute(self, session.replace(self._conn, command), *args, **kwargs)
        except Error:
            raise
        except Exception as failure:
            # Else the server answers 500, and the connector tries again for minutes.
            message = f"[stand-in] {type(failure).__name__}: {failure}"
            raise ProgrammingError(msg=message, errno=603, sqlstate="XX000") from failure

    FakeSnowflakeCursor.execute = execute

"""What an engine asks of the platform that a dbt Python model runs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Warehouse(Protocol):
    """The session of a dbt Python model, as far as an engine needs it.

    Relations are SQL text, quoted as need be. Used from one thread at a time. Raises what the platform's client raises.
    """

    linger_s: float
    """How long an engine gathers rows for one `append`, where each is a commit that takes long, or is counted."""
    adapter: str
    """dbt's name of the adapter, whose folder in `macros/adapters/` writes the SQL."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows, which must fit into memory."""

    def execute(self, sql: str) -> None:
        """Run a statement; what it changed is committed when this returns."""

    def columns(self, sql: str) -> list[str]:
        """The names of a query's columns, in order; reads no row."""

    def exists(self, relation: str) -> bool:
        """Whether there is a table or view of that name."""

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows to a table by the names of its columns, in one commit; a column that is not named is NULL.

        Every row has the same keys. Values are None, bool, int, float, str, or an aware UTC `datetime`, which is
        written as the table's own timestamp type in UTC.
        """

    def sql_name(self, name: str) -> str:
        """A relation's name, as dbt shows it to a Python model (`dbt.this`), as SQL text."""

    def name_of(self, frame: Any) -> str:
        """A relation that holds what the DataFrame holds, for as long as the session lasts."""

    def frame(self, sql: str) -> Any:
        """The DataFrame of a query, in the form that dbt takes from a Python model on this platform."""

    def secret(self, name: str) -> str | None:
        """A secret of the platform's own store by its name; None where it has none, or no store."""

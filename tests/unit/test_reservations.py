"""What runs set aside of a budget, by the package's own SQL on DuckDB, without dbt."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from dbt_llm.macros import Macros
from tests.support.package_tables import create_tables

TASK = {"name": "pii_risk"}
BUDGET = {"name": "day.requests", "unit": "requests", "cap": 100, "period": "day", "task": None}
EACH = {"requests": 1, "cost_usd": 0.01}


class Run:
    """The macros of one run. `between`: called once, after its next query that reads."""

    def __init__(self, connection: Any, invocation_id: str) -> None:
        self.between: Any = None
        self._connection = connection
        types = SimpleNamespace(type_timestamp=lambda: "timestamp", type_string=lambda: "varchar")
        names = {"invocation_id": invocation_id, "dbt": types, "run_query": self._run_query}
        self._macros = Macros("duckdb", names, {"_package_relation": lambda name: name, "_awaits_answers": lambda _: False})

    def _run_query(self, sql: str) -> Any:
        class Table:
            rows = self._connection.execute(sql).fetchall()

        if self.between is not None and not sql.startswith("insert"):
            between, self.between = self.between, None
            between()
        return Table

    def reserve(self, requests: int) -> None:
        self._macros.call("_write_reservation", TASK, requests, EACH)

    def release(self) -> None:
        self._macros.call("_release", TASK, [BUDGET])

    def spent(self) -> float:
        return float(self._macros.call("_spent", [BUDGET])["day.requests"])


@pytest.fixture
def connection() -> Iterator[Any]:
    with duckdb.connect() as made:
        create_tables(made, ["dbt_llm__responses", "dbt_llm__reservations"])
        yield made


def test_two_runs_that_end_one_reservation_at_once_make_no_room(connection: Any) -> None:
    """Each finds it open, and ends it: it is ended once, and another task's still counts."""
    Run(connection, "killed").reserve(40)
    first, second = Run(connection, "first"), Run(connection, "second")
    first.between = second.release
    first.release()
    assert first.spent() == 0
    second.reserve(30)
    assert first.spent() == 30
    third = Run(connection, "third")
    third.release()
    third.release()
    assert third.spent() == 0


def test_what_a_run_gives_back_of_its_own_is_free(connection: Any) -> None:
    run = Run(connection, "run")
    run.reserve(40)
    run.reserve(-25)
    assert run.spent() == 15
    run.release()
    assert run.spent() == 0

"""Claims of tasks that run at once on a warehouse: the package's own SQL on DuckDB, in every order of two runs' statements."""

import itertools
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from dbt_llm.macros import Macros
from tests.support.package_tables import create_tables

TASK = {"name": "pii_risk", "claim_minutes": 60}
LOOKS = 4
"""The statements by which runs see each other: a bid, a look, a claim, a look."""


class Turns:
    """Who makes the next of the statements that matter."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = list(order)
        self._changed = threading.Condition()

    def take(self, run: int, statement: Any) -> Any:
        with self._changed:
            assert self._changed.wait_for(lambda: self._order and self._order[0] == run, timeout=10)
            try:
                return statement()
            finally:
                self._order.pop(0)
                self._changed.notify_all()

    def after_all(self, statement: Any) -> Any:
        """What is given back is given back once both have looked: sooner, and the other would ask it at once."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._order, timeout=10)
            return statement()


class Run:
    """One run of a task, with a work table of its own."""

    def __init__(self, connection: Any, invocation_id: str, keys: Sequence[str], task: dict[str, Any] = TASK) -> None:
        self.turns: Turns | None = None
        self.number = 0
        self.said: list[str] = []
        self._connection = connection.cursor()
        self._lock = threading.Lock()
        self._task = task
        self._name = f"t_{task['name']}_{invocation_id}"
        self.again = f"{self._name}_waiting"
        names = {
            "invocation_id": invocation_id,
            "dbt": SimpleNamespace(type_string=lambda: "varchar"),
            "run_query": self._run_query,
            "flags": SimpleNamespace(WHICH="run"),
        }
        answers = {
            "_package_relation": lambda name: name,
            "_work_relation": lambda suffix: f"{self._name}_{suffix}",
            "relation_exists": lambda name: bool(
                self._connection.execute(f"select 1 from duckdb_tables() where table_name = '{name}'").fetchall()
            ),
        }
        self.macros = Macros("duckdb", names, answers)
        self.keys = keys
        values = ", ".join(f"({n}, '{key}', 'prompt of {key}', 0, 0)" for n, key in enumerate(keys, 1))
        self._connection.execute(f"create table {self._name} (n int, request_key text, prompt text, attempt int, superseded int)")
        self._connection.execute(f"insert into {self._name} values {values}")
        self._connection.execute(f"create table {self.again} as select * exclude (n) from {self._name} where 1 = 0")

    def _run_query(self, sql: str) -> Any:
        self.said.append(sql)
        matters = sql.startswith(("insert into dbt_llm__claims", "create table"))

        def statement() -> Any:
            found = self._connection.execute(sql)
            return SimpleNamespace(rows=found.fetchall() if found.description else [])

        if self.turns is not None and sql.startswith("delete from dbt_llm__claims"):
            return self.turns.after_all(statement)
        return self.turns.take(self.number, statement) if self.turns is not None and matters else statement()

    def claim(self, work: str = "") -> list[str]:
        """The keys of a work table, this run's first, that it may ask."""
        work = work or self._name
        [(count,)] = self._connection.execute(f"select count(*) from {work}").fetchall()
        self.found = self.macros.call("_claimed", self._task, work, "dbt_llm__responses", self.again, 1, count)
        asked = self._connection.execute(f"select request_key from {self.found['work']} order by n").fetchall()
        assert len(asked) == self.found["requests"]
        return [key for (key,) in asked]

    def second_pass(self) -> list[str]:
        """The keys that this run may ask of those that it left to others."""
        self.turns, second = None, f"{self._name}_second"
        self._connection.execute(
            f"create or replace table {second} as select row_number() over () as n, * from {self.again}; delete from {self.again}"
        )
        return self.claim(second)

    def waiting(self) -> list[str]:
        """The keys that are left to others."""
        return [key for (key,) in self._connection.execute(f"select request_key from {self.again} order by 1").fetchall()]

    def end(self) -> None:
        self.macros.call("_end_claims", self._task, self.macros.call("_this_invocation"))


@pytest.fixture
def connection() -> Iterator[Any]:
    with duckdb.connect(config={"threads": 1}) as made:
        create_tables(made, ["dbt_llm__responses", "dbt_llm__claims"])
        yield made


def in_order(runs: Sequence[Run], order: Sequence[int]) -> list[list[str]]:
    """What each run may ask, where they make their statements in this order."""
    turns, asked = Turns(order), [[""] for _ in runs]

    def work(number: int) -> None:
        runs[number].turns, runs[number].number = turns, number
        asked[number] = runs[number].claim()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(runs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return asked


def orders() -> Iterator[list[int]]:
    """Every order in which two runs can make their four statements."""
    for places in itertools.combinations(range(2 * LOOKS), LOOKS):
        yield [0 if place in places else 1 for place in range(2 * LOOKS)]


def test_in_no_order_of_their_statements_do_two_runs_ask_one_request(connection: Any) -> None:
    """And one of them does: in 4 of the 70 orders both give way, and then whoever comes first to its second pass."""
    nobody = 0
    runs = [Run(connection, "a", ["k1", "k2", "own a"]), Run(connection, "b", ["own b", "k2", "k1"])]
    for order in orders():
        connection.execute(f"delete from dbt_llm__claims; delete from {runs[0].again}; delete from {runs[1].again}")
        asked = in_order(runs, order)
        counts = Counter(key for keys in asked for key in keys)
        assert max(counts.values()) == 1, (order, asked)
        assert counts["own a"] == counts["own b"] == 1, (order, asked)
        for run, keys in zip(runs, asked, strict=True):
            assert sorted([*keys, *run.waiting()]) == sorted(run.keys)
        nobody += counts["k1"] == 0
        # Which is, in turn, the one or the other: it must not wait for what the other has held before.
        passes = [run.second_pass() for run in (runs if nobody % 2 else reversed(runs))]
        counts.update(key for keys in passes for key in keys)
        assert counts == dict.fromkeys(("k1", "k2", "own a", "own b"), 1), (order, asked, passes)
    assert nobody == 4


def test_the_tasks_of_one_invocation_are_two(connection: Any) -> None:
    first = Run(connection, "a", ["k1", "k2"])
    second = Run(connection, "a", ["k2", "k3"], {**TASK, "name": "other"})
    assert (first.claim(), second.claim(), second.waiting()) == (["k1", "k2"], ["k3"], ["k2"])
    # It is asked who holds it, and by the end of the first it is free.
    said = second.macros.call("_holders_of", second._task, second._name)
    assert "Invocation a (pii_risk) has claimed 1 of them, 0 minutes ago, for 60 more at most" in said
    assert "release_claims --args '{invocation_id: a}'" in said
    first.end()
    assert second.claim() == ["k2", "k3"]


def test_a_claim_ends_by_the_warehouses_clock(connection: Any) -> None:
    dead = Run(connection, "a", ["k1", "k2"])
    dead.claim()
    later = Run(connection, "b", ["k1", "k2"])
    for minutes, asked in ((59, []), (61, ["k1", "k2"])):
        claimed_at = f"timezone('UTC', now() - interval {minutes} minute)"
        connection.execute(f"update dbt_llm__claims set claimed_at = {claimed_at} where invocation_id = 'a'")
        assert later.claim() == asked
        later.end()


def test_what_was_answered_since_is_neither_asked_nor_waited_for(connection: Any) -> None:
    """The one whose claim has just ended may have answered: the responses are looked at with the claim in hand."""
    run = Run(connection, "b", ["answered", "refused", "throttled", "own"])
    connection.execute("""
        insert into dbt_llm__responses (request_key, status, error_class, attempt) values
        ('answered', 'succeeded', null, 1), ('refused', 'failed', 'refused', 1), ('throttled', 'failed', 'throttled', 1)
    """)
    assert run.claim() == ["throttled", "own"]
    assert (run.found["held"], run.waiting()) == (0, [])


def test_a_task_without_claims_makes_no_statement(connection: Any) -> None:
    run = Run(connection, "a", ["k1"], {"name": "pii_risk"})
    assert run.claim() == ["k1"]
    run.macros.call("_recover_dead_runs", run._task, "dbt_llm__responses")
    assert run.said == []


def test_what_a_person_frees_is_asked_and_its_tables_are_found(connection: Any) -> None:
    dead = Run(connection, "a", ["k1"])
    dead.claim()
    for suffix in ("requests", "part"):
        connection.execute(f"create or replace table t_pii_risk_b_{suffix}_a as select 1 as n")
    later = Run(connection, "b", ["k1"])
    later.macros.call("_recover_dead_runs", TASK, "dbt_llm__responses")
    assert later.claim() == []
    found = later.macros.call("_claims_by_task", "dbt_llm__claims", "a")
    later.macros.call("_free_claims", "dbt_llm__claims", "a", found)
    assert later.claim() == ["k1"]
    later.macros.call("_recover_dead_runs", TASK, "dbt_llm__responses")
    assert connection.execute("select distinct invocation_id from dbt_llm__claims").fetchall() == [("b",)]
    left = connection.execute("select table_name from duckdb_tables() where table_name like '%\\_a' escape '\\'").fetchall()
    assert sorted(left) == [("t_pii_risk_a",), ("t_pii_risk_a_part_a",)], "those of the other name are this test's"


@pytest.mark.parametrize(
    ("minutes", "in_python", "fault"),
    [
        (60, False, None),
        (0, True, None),
        (60, True, "a Python model makes no claims"),
        (-1, False, "meta.llm.claim_minutes: not a time"),
        (
            0.5,
            False,
            "not a time. Expected a whole number of minutes, more than the longest chunk takes, or 0 for no claims; got '0.5'",
        ),
        (True, False, "not a time"),
        ("an hour", False, "not a time"),
    ],
)
def test_what_is_no_time_for_a_claim_is_told(minutes: Any, in_python: bool, fault: str | None) -> None:
    def faults(llm: dict[str, Any], **variables: Any) -> list[str]:
        found: list[str] = Macros("duckdb", {"var": lambda name, default=None: variables.get(name, default)}).call(
            "_claim_faults", llm, in_python
        )
        return found

    assert (fault or "") in "".join(faults({"claim_minutes": minutes}))
    assert bool(faults({"claim_minutes": minutes})) == (fault is not None)
    # The var is of all SQL models, so a Python model passes it over.
    of_all = faults({}, dbt_llm_claim_minutes=minutes)
    assert bool(of_all) == (fault is not None and "Python" not in fault)
    assert all("var dbt_llm_claim_minutes: not a time" in said for said in of_all)

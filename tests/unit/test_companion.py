"""The companion with a hook in this process: turns, files, claims, and what is left where one of the two is gone."""

import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_llm.client import Request, Response
from dbt_llm.companion import conversation as talk
from dbt_llm.companion.journal import Session, insert_statement, journal_of, left_behind
from dbt_llm.companion.service import Service
from dbt_llm.duckdb import register
from dbt_llm.responses import Labels
from dbt_llm.testing import Faults, Server, echo
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from tests.support.runs import RESPONSES, drain_options, write_work

LABELS = Labels("pii_risk", "m", "v", "invocation", "duckdb")
COUNTS = "select count(*), count(distinct request_key) from responses"


class Hook:
    """What the macro `_ask_companion` does, on a connection of its own."""

    def __init__(self, folder: Path, database: Path) -> None:
        self.folder = folder
        self.database = database
        self.connection = duckdb.connect(str(database))

    def ask(self, name: str, options: dict[str, Any], command: str = "run", takes: Callable[[int], bool] = lambda _: True) -> Any:
        """`takes`: whether it goes on after a turn; where not, it is gone, as that of a model that failed."""
        call = uuid.uuid4().hex
        asked = {"name": name, "command": command, "is_empty": False, "database": str(self.database), "options": options}
        # As DuckDB's copy does: half a file under another name, which ends in the same way.
        part = self.folder / f"tmp_{call}.call"
        part.touch()
        time.sleep(0.05)
        part.write_text(json.dumps({"asked": json.dumps(asked)}))
        part.rename(self.folder / f"{call}.call")
        cursor = self.connection.cursor()
        for turn in range(1, 1000):
            file = self.folder / f"{call}.{turn}.turn"
            wait_for(file.exists)
            said = json.loads(file.read_text())
            if "result" in said:
                return said["result"]
            if "error" in said:
                raise AssertionError(said["error"])
            if not takes(turn):
                return None
            for statement in said["statements"]:
                cursor.execute(statement)
            (self.folder / f"{call}.{turn}.taken").touch()
        raise AssertionError("the conversation has no end")


def wait_for(condition: Callable[[], bool], patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[Hook]:
    """A hook, and a service that looks for its calls until the end of the test."""
    folder = tmp_path / "calls"
    folder.mkdir()
    service = Service(folder)
    made = Hook(folder, tmp_path / "warehouse.duckdb")
    made.connection.execute(RESPONSES)
    write_work(made.connection, [f"message {n}" for n in range(50)])
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.005):
            service.look()

    looking = threading.Thread(target=look)
    looking.start()
    yield made
    is_over.set()
    looking.join()
    service.end()
    made.connection.close()


def options(server: Server, **more: Any) -> dict[str, Any]:
    # The claims of one table are those of the process: each test's has a name of its own.
    return {name: value for name, value in drain_options(server.base_url, **more).items() if name != "allow_outside_dbt"}


@pytest.fixture
def table(hook: Hook) -> str:
    name = f"responses_{uuid.uuid4().hex[:8]}"
    hook.connection.execute(f"alter table responses rename to {name}")
    return name


def test_a_drain_is_answered_turn_by_turn(hook: Hook, table: str) -> None:
    with Server(echo, Faults(latency_s=0.05)) as server:
        outcome = hook.ask("drain", options(server, responses_relation=table))
        assert (outcome["succeeded"], outcome["left"], outcome["stopped"]) == (50, 0, None), outcome
        assert hook.connection.execute(f"select count(distinct request_key) from {table}").fetchone() == (50,)
        assert server.counters.calls == 50


@pytest.mark.parametrize("command", ["test", "run-operation"])
def test_a_command_that_may_not_spend_is_refused(command: str, hook: Hook, server: Server) -> None:
    with pytest.raises(AssertionError, match=f"got `dbt {command}`"):
        hook.ask("drain", options(server), command=command)
    assert server.counters.calls == 0


def test_answers_of_a_hook_that_is_gone_are_taken_in_by_the_next_task(
    hook: Hook, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "_PATIENCE_S", 1.0)
    with Server(echo, Faults(latency_s=0.02)) as server:
        first = options(server, responses_relation=table)
        assert hook.ask("drain", first, takes=lambda turn: turn == 1) is None
        outcome = hook.ask("drain", {**first, "task": "second"})
        assert outcome["left"] == 0
        assert server.counters.calls == 50
        found = hook.connection.execute(f"select count(*), count(distinct request_key) from {table}").fetchall()
        assert found == [(50, 50)]


def test_two_tasks_pay_once_and_see_each_others_answers(hook: Hook, table: str) -> None:
    with Server(echo, Faults(latency_s=0.05)) as server:
        given = options(server, responses_relation=table)
        threads = [threading.Thread(target=hook.ask, args=("drain", {**given, "task": task})) for task in ("a", "b", "c")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.counters.calls == 50
        assert hook.connection.execute(f"select count(*) from {table}").fetchall() == [(50,)]


def answers(*keys: str) -> list[tuple[Request, Response]]:
    return [(Request(key, "prompt"), response()) for key in keys]


def response() -> Response:
    return Response(
        completion="a\n\"b\",\0'", error_class=None, error_message=None, finish_reason="stop", input_tokens=1, output_tokens=2,
        cost_usd=0.1 + 0.2, latency_ms=5, response_model="m", requested_at=1.5, responded_at=2.123456,
    )  # fmt: skip


def leave_answers(database: Path, *keys: str) -> None:
    """As a companion that is killed does, of one or of none."""
    pid = os.fork()
    if pid == 0:
        session = Session(journal_of(str(database)))
        if keys:
            session.write(answers(*keys), "responses", LABELS, store_prompts=False)
        os._exit(0)
    os.waitpid(pid, 0)


def test_what_a_dead_companion_left_is_taken_in_once(hook: Hook) -> None:
    leave_answers(hook.database, "a", "b")
    leave_answers(hook.database, "c")
    with left_behind(journal_of(str(hook.database)), "responses") as batches:
        # As a kill between the commit and the removal leaves it.
        hook.connection.execute(insert_statement("responses", batches[:1], may_be_known=True))
        leave_answers(hook.database, "a", "b")
    leave_answers(hook.database, "a", "b")
    hook.ask("recover", {"responses_relation": "responses"})
    assert hook.connection.execute(COUNTS).fetchall() == [(2, 2)]
    row = hook.connection.execute(
        "select distinct completion, cost_usd, epoch_us(responded_at), attempt, invocation_id from responses"
    ).fetchall()
    assert row == [('a\n"b",\0\'', 0.1 + 0.2, 2123456, 1, "invocation")]
    assert not journal_of(str(hook.database)).exists()
    assert hook.ask("recover", {"responses_relation": "responses"}) == 0


def test_the_plugin_and_a_python_model_take_it_in_too(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    connection = duckdb.connect(str(database))
    register(connection)
    connection.execute(RESPONSES)
    leave_answers(database, "a", "b")
    for found in ("1", "0"):
        assert connection.execute("select dbt_llm_recover('responses')").fetchall() == [(found,)]
        assert connection.execute(COUNTS).fetchall() == [(2, 2)]
    assert not journal_of(str(database)).exists()
    leave_answers(database, "a", "c")
    DuckDbWarehouse(connection).recover("responses")
    assert connection.execute(COUNTS).fetchall() == [(3, 3)]


def test_answers_of_another_table_and_of_a_living_companion_are_left(hook: Hook, tmp_path: Path) -> None:
    journal = journal_of(str(hook.database))
    leave_answers(hook.database, "a")
    living = Session(journal)
    living.write(answers("b"), "responses", LABELS, store_prompts=False)
    with left_behind(journal, "other") as batches:
        assert batches == []
    with left_behind(journal, "responses") as batches:
        assert len(batches) == 1
    living.close()
    with left_behind(journal, "RESPONSES") as batches:
        assert len(batches) == 1
    assert not journal.exists()


def test_what_a_dead_companion_left_beside_its_answers_goes_with_the_next(hook: Hook) -> None:
    """Prompts that dbt had written for it, and half of a file: dbt asks for no recovery where there are no answers."""
    journal = journal_of(str(hook.database))
    living = Session(journal)
    leave_answers(hook.database, "a")
    leave_answers(hook.database)
    for folder in {path.parent for path in journal.glob("*/lock")}:
        for name in ("1.work", "1.part"):
            (folder / name).touch()
    Session(journal).close()
    left = [path.suffix for path in journal.glob("*/*") if path.name != "lock" and path.parent != living.folder]
    assert left == [".answers"] and (living.folder / "1.work").exists()
    living.close()
    hook.ask("recover", {"responses_relation": "responses"})
    assert not journal.exists()


def test_an_error_of_the_companion_is_the_hooks(hook: Hook, server: Server, table: str) -> None:
    with pytest.raises(AssertionError, match="the companion could not nothing"):
        hook.ask("nothing", {})
    hook.database = hook.database.with_name("nowhere.duckdb")
    with pytest.raises(AssertionError, match="finds no database file"):
        hook.ask("drain", options(server, responses_relation=table))
    assert server.counters.calls == 0

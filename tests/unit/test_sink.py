"""The sink: what happens to answers when a write fails, how old an unwritten one may be, and what is counted."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dbt_llm import sink as sinks
from dbt_llm.client import Run, submit
from dbt_llm.responses import Answer
from dbt_llm.sink import BufferedResponses, WriteError
from dbt_llm.testing import ChatRequest, Faults, Server, constant
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from tests.support.runs import database, drain, make_plan, stream, write_work
from tests.support.wire import Wire

PROMPTS = [f"message {number}" for number in range(60)]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "_PAUSES_S", (0.01, 0.02))


class Table:
    """A table in memory, whose writes a test may have fail."""

    def __init__(self, fail: Callable[[Sequence[Answer]], None]) -> None:
        self.rows: list[Answer] = []
        self._fail = fail

    def write(self, answers: Sequence[Answer]) -> None:
        self._fail(answers)
        self.rows += answers


def run_into(table: Table, prompts: Sequence[str], server: Server, **options: Any) -> Run:
    sink = BufferedResponses(table.write, ThreadPoolExecutor(1), linger_s=0.01, **options)
    run = Run(make_plan(server.base_url), stream(prompts), sink)
    submit(run.execute()).result(30)
    return run


def test_a_write_that_fails_once_costs_nothing() -> None:
    failures = iter([OSError("busy"), OSError("busy")])

    def fail(_: Sequence[Answer]) -> None:
        for error in failures:
            raise error

    with Server(constant("{}")) as server:
        table = Table(fail)
        run = run_into(table, PROMPTS, server)
        assert sorted(request.key for request, _ in table.rows) == sorted(PROMPTS)
        assert (run.counts.succeeded, run.counts.settled, server.counters.calls) == (60, 60, 60)


def test_a_row_that_no_table_takes_costs_its_neighbours_nothing_and_is_not_asked_for_ever() -> None:
    def fail(answers: Sequence[Answer]) -> None:
        if any(request.key == "message 7" and response.completion for request, response in answers):
            raise ValueError("out of range")

    with Server(constant("{}")) as server:
        table = Table(fail)
        run = run_into(table, PROMPTS, server)
    kept = {request.key: response for request, response in table.rows}
    assert len(kept) == len(table.rows) == 60
    assert kept["message 7"].error_message == "its answer could not be written (ValueError)"
    assert sum(response.status == "succeeded" for response in kept.values()) == 59
    assert (run.counts.succeeded, run.counts.failed, run.counts.settled) == (59, 1, 60)
    assert run.counts.input_tokens == sum(response.input_tokens or 0 for response in kept.values())


def test_what_cannot_be_written_is_not_counted() -> None:
    written = threading.Event()

    def fail(_: Sequence[Answer]) -> None:
        if written.is_set():
            raise OSError("the disk is full")
        written.set()

    table = Table(fail)
    with Server(constant("{}"), Faults(latency_s=0.02)) as server:
        sink = BufferedResponses(table.write, ThreadPoolExecutor(1), linger_s=0.01)
        run = Run(make_plan(server.base_url), stream(PROMPTS * 20), sink)
        with pytest.raises(OSError, match="disk is full"):
            submit(run.execute()).result(30)
    assert run.counts.succeeded == run.counts.settled == len(table.rows) > 0
    assert run.counts.sent > len(table.rows)


def test_what_a_broken_write_has_written_is_not_written_again() -> None:
    broke_off: list[str] = []

    class HalfWritten(Table):
        def write(self, answers: Sequence[Answer]) -> None:
            if not broke_off:
                broke_off.extend(request.key for request, _ in answers)
                self.rows += answers
                raise OSError("the connection broke off")
            super().write(answers)

    table = HalfWritten(lambda _: None)
    with Server(constant("{}")) as server:
        run = run_into(table, PROMPTS, server, known=lambda _: set(broke_off))
    assert len(table.rows) == run.counts.succeeded == 60


def test_no_more_is_asked_for_while_an_answer_is_older_than_promised() -> None:
    """A table that takes half a second for a write: only what was in flight comes meanwhile."""
    begun = threading.Event()

    def slow(_: Sequence[Answer]) -> None:
        begun.set()
        time.sleep(0.5)

    table = Table(slow)
    with Server(constant("{}"), Faults(latency_s=0.01)) as server:
        sink = BufferedResponses(table.write, ThreadPoolExecutor(1), linger_s=0.02, promise_s=0.05)
        run = Run(make_plan(server.base_url, max_in_flight=16), stream(PROMPTS * 10), sink)
        future = submit(run.execute())
        begun.wait(10)
        time.sleep(0.1)
        calls = server.counters.calls
        time.sleep(0.2)
        assert server.counters.calls == calls < 600
        run.interrupt()
        future.result(20)
    assert len(table.rows) == run.counts.succeeded


def test_a_commit_holds_no_more_bytes_than_it_may() -> None:
    sizes: list[int] = []
    table = Table(lambda answers: sizes.append(len(answers)))
    with Server(constant("x" * 1000)) as server:
        run = run_into(table, PROMPTS, server, most_bytes=5000)
    assert max(sizes) == 5 and sum(sizes) == run.counts.succeeded == 60


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Any]:
    made = database(str(tmp_path / "warehouse.duckdb"))
    write_work(made, PROMPTS)
    yield made
    made.close()


def test_counts_that_no_sum_can_hold_are_none(connection: Any) -> None:
    usage = {"prompt_tokens": 1 << 62, "completion_tokens": (1 << 63) - 1, "prompt_tokens_details": {"cached_tokens": 1 << 40}}
    choice = {"message": {"content": "{}"}, "finish_reason": "stop"}
    with Wire(lambda _: (200, {"choices": [choice], "usage": usage})) as wire:
        result = drain(connection, f"{wire.origin}/v1")
    assert (result["succeeded"], result["input_tokens"], result["stopped"]) == (60, 0, None)
    query = "select count(*), count(input_tokens), count(output_tokens), count(cached_input_tokens) from responses"
    assert connection.execute(query).fetchall() == [(60, 0, 0, 0)]


@pytest.mark.parametrize("change", ["deleted", "replaced"])
def test_a_database_file_that_goes_is_told_of(connection: Any, tmp_path: Path, change: str) -> None:
    file = tmp_path / "warehouse.duckdb"
    asked = 0

    def answer(_: ChatRequest) -> str:
        nonlocal asked
        asked += 1
        if asked == 30:
            if change == "replaced":
                shutil.copy(file, tmp_path / "other")
                (tmp_path / "other").replace(file)
            else:
                file.unlink()
        return "{}"

    # So slow that a commit comes before the last call.
    with Server(answer, Faults(latency_s=0.05)) as server:
        result = drain(connection, server.base_url, endpoint={"max_in_flight": 4})
        assert server.counters.calls < 60 or change == "deleted"
    assert result["stopped"] == "failed"
    assert "was deleted or replaced while it was in use" in result["message"]


def test_the_batch_engine_is_told_of_it_too(connection: Any, tmp_path: Path) -> None:
    warehouse = DuckDbWarehouse(connection)
    warehouse.append("responses", [{"request_key": "a"}])
    (tmp_path / "warehouse.duckdb").unlink()
    with pytest.raises(WriteError, match="was deleted or replaced"):
        warehouse.append("responses", [{"request_key": "b"}])


def test_a_database_file_that_went_before_the_first_call_costs_nothing(connection: Any, tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").unlink()
    with Server() as server:
        result = drain(connection, server.base_url)
        assert (result["stopped"], server.counters.calls) == ("fatal", 0)
    assert "was deleted or replaced" in result["message"]

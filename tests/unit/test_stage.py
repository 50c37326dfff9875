"""The stage: what workers hand over is whole, is found again by its slice, and is taken in once."""

import hashlib
import os
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dbt_llm.client import Counts, Request, Response
from dbt_llm.duckdb_tables import insert_staged, open_responses
from dbt_llm.responses import Answer, Labels
from dbt_llm.spark.notebook import staged
from dbt_llm.workers import lease
from dbt_llm.workers.files import files_at
from dbt_llm.workers.intake import Intake
from dbt_llm.workers.stage import Note, Stage, StageError
from tests.support.package_tables import create_tables

LABELS = Labels("pii", "test-model", "0123456789ab", "first-run", "spark")


def answer(number: int, completion: str | None = "{}", **changes: Any) -> Answer:
    given: dict[str, Any] = {
        "completion": completion, "error_class": None, "error_message": None, "finish_reason": "stop", "input_tokens": 7,
        "output_tokens": 2, "cost_usd": 0.25, "latency_ms": 3, "response_model": "m", "requested_at": 1.5, "responded_at": 2.5,
    }  # fmt: skip
    return Request(hashlib.sha256(str(number).encode()).hexdigest(), f"prompt {number}", 1), Response(**{**given, **changes})


@pytest.fixture(params=["disk", "store"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """On a disk, and by what an object store is reached through."""
    if request.param == "disk":
        return Stage(str(tmp_path / "run"))
    from pyarrow import fs

    # What the URL of a store is to it, the disk's own is here.
    def from_uri(url: str) -> tuple[Any, str]:
        return fs.LocalFileSystem(), str(tmp_path / url.removeprefix("s3://"))

    monkeypatch.setattr(fs, "FileSystem", SimpleNamespace(from_uri=from_uri))
    return Stage("s3a://run")


def test_answers_come_back_as_they_were(stage: Stage) -> None:
    given = [
        answer(1),
        answer(2, None, error_class="out_of_memory", error_message="no memory", cost_usd=None),
        answer(3, "é\x00"),
    ]
    stage.write(5, given, LABELS)
    [name] = stage.names()
    labels, found = stage.read(name) or (None, [])
    assert labels == LABELS
    assert [response for _, response in found] == [response for _, response in given]
    # Prompts are kept where the task says so only.
    assert [(request.key, request.prompt, request.attempt) for request, _ in found] == [(r.key, "", 1) for r, _ in given]
    stage.write(5, given, LABELS, store_prompts=True)
    [again] = set(stage.names()) - {name}
    assert [request.prompt for request, _ in (stage.read(again) or (None, []))[1]] == ["prompt 1", "prompt 2", "prompt 3"]


def test_a_frame_reads_what_is_staged_and_says_where_a_file_is_gone(tmp_path: Path) -> None:
    stage = Stage(str(tmp_path))
    stage.write(1, [answer(1), answer(2, None, error_class="out_of_memory")], LABELS)
    names = pa.RecordBatch.from_pydict({"name": stage.names()})
    [batch] = staged(str(tmp_path), iter([names]))
    assert batch.to_pydict() == {
        "request_key": [answer(1)[0].key, answer(2)[0].key],
        "completion": ["{}", None],
        "error_class": [None, "out_of_memory"],
        "responded_at": [2.5, 2.5],
    }
    stage.remove(stage.names()[0])
    with pytest.raises(FileNotFoundError, match="is gone from the stage"):
        list(staged(str(tmp_path), iter([names])))


def test_a_slice_knows_its_own_answers(stage: Stage) -> None:
    stage.write(1, [answer(1)], LABELS)
    stage.write(1, [answer(2)], LABELS)
    stage.write(11, [answer(3)], LABELS)
    assert stage.keys(1) == {answer(1)[0].key, answer(2)[0].key}
    assert stage.keys(11) == {answer(3)[0].key} and stage.keys(2) == set()


def test_a_file_that_is_none_of_ours_is_an_error(stage: Stage) -> None:
    stage.files.write("answers/000001/half.arrow", b"ARROW1 half a file")
    with pytest.raises(StageError, match="half.arrow"):
        stage.read("answers/000001/half.arrow")
    with pytest.raises(StageError):
        stage.keys(1)


def test_the_first_note_stands(stage: Stage) -> None:
    assert stage.note() is None
    stage.end(Note("fatal", "no weights"))
    stage.end(Note("failed", "later"))
    assert stage.note() == Note("fatal", "no weights")
    stage.clear()
    assert stage.note() is None


def test_only_the_owner_reads_it_and_nothing_is_left(tmp_path: Path) -> None:
    stage = Stage(str(tmp_path / "home" / "run"))
    stage.write(1, [answer(1)], LABELS)
    stage.end(Note("fatal", "x"))
    for path in [tmp_path / "home", *(tmp_path / "home").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    for name in stage.names():
        stage.remove(name)
    stage.clear()
    assert not (tmp_path / "home" / "run").exists()


def test_a_write_that_breaks_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(str(tmp_path / "run"))

    def full(_: int) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        stage.write(1, [answer(1)], LABELS)
    assert [path for path in (tmp_path / "run").rglob("*") if path.is_file()] == []


def test_files_that_are_being_written_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / ".0123").write_bytes(b"half")
    assert files_at(str(tmp_path)).names() == []


def nothing_known(labels: Labels, attempts: Mapping[str, int]) -> set[str]:
    return set()


class Table:
    """A `Sink` that keeps what it is given."""

    has_room = True

    def __init__(self, rows: list[tuple[Labels, Answer]], labels: Labels) -> None:
        self.changes: Sequence[Any] = ()
        self._rows, self._labels = rows, labels

    def keep(self, request: Request, response: Response) -> None:
        self._rows.append((self._labels, (request, response)))

    def let_go(self, request: Request) -> None:
        """Nobody waits for it."""

    async def wait_for_room(self) -> None:
        """It has room."""

    async def close(self) -> None:
        """All is kept."""


def test_each_request_is_taken_in_once(stage: Stage) -> None:
    """Two attempts at one slice, side by side, have both staged it."""
    rows: list[tuple[Labels, Answer]] = []
    counts = Counts(cost_usd=0.0)
    intake = Intake(stage, lambda labels: Table(rows, labels), counts, nothing_known, is_own=True)
    stage.write(1, [answer(1), answer(2)], LABELS)
    intake.take()
    stage.write(1, [answer(2), answer(3)], LABELS)
    intake.take()
    intake.take()
    assert [request.key for _, (request, _) in rows] == [answer(number)[0].key for number in (1, 2, 3)]
    assert (counts.settled, counts.succeeded, counts.cost_usd) == (3, 3, 0.75)
    # A slice that is tried again looks for them, until the run has ended.
    assert len(stage.keys(1)) == 3
    intake.finish()
    assert stage.names() == []


def test_what_a_dead_run_had_taken_in_is_not_taken_in_again(stage: Stage) -> None:
    rows: list[tuple[Labels, Answer]] = []
    stage.write(1, [answer(1), answer(2)], LABELS)

    def known(labels: Labels, attempts: Mapping[str, int]) -> set[str]:
        assert labels.invocation_id == "first-run" and set(attempts.values()) == {2} and len(attempts) == 2
        return {answer(1)[0].key}

    Intake(stage, lambda labels: Table(rows, labels), Counts(), known).take()
    assert [(labels, request.key) for labels, (request, _) in rows] == [(LABELS, answer(2)[0].key)]


def test_what_the_table_does_not_take_stays_staged(stage: Stage) -> None:
    class Broken(Table):
        async def close(self) -> None:
            raise OSError("the table is gone")

    stage.write(1, [answer(1)], LABELS)
    intake = Intake(stage, lambda labels: Broken([], labels), Counts(), nothing_known, is_own=True)
    with pytest.raises(OSError, match="gone"):
        intake.take()
    intake.finish()
    assert len(stage.names()) == 1


def test_what_a_failed_write_has_left_is_taken_by_the_next_look(stage: Stage) -> None:
    """The first write broke off after one of two rows; the run's last look takes the other, and then the files may go."""
    rows: list[tuple[Labels, Answer]] = []
    breaks = [True]

    class BreaksOnce(Table):
        async def close(self) -> None:
            if breaks:
                breaks.pop()
                rows.pop()
                raise OSError("the table is away")

    def known(labels: Labels, attempts: Mapping[str, int]) -> set[str]:
        return {request.key for _, (request, _) in rows}

    stage.write(1, [answer(1), answer(2)], LABELS)
    counts = Counts()
    intake = Intake(stage, lambda labels: BreaksOnce(rows, labels), counts, known, is_own=True)
    with pytest.raises(OSError, match="away"):
        intake.take()
    intake.take()
    intake.finish()
    assert sorted(request.key for _, (request, _) in rows) == sorted(answer(number)[0].key for number in (1, 2))
    assert stage.names() == []


@pytest.fixture
def database(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "db.duckdb")) as connection:
        create_tables(connection)
        yield connection


def into(
    database: duckdb.DuckDBPyConnection,
    stage: Stage,
    counts: Counts,
    *,
    whole: bool,
    vectors: bool = False,
    prompts: bool = False,
) -> Intake:
    """To DuckDB's table: whole files, or by the sink alone."""
    table, embeddings = "dbt_llm__responses", "dbt_llm__embeddings" if vectors else None

    def open_sink(labels: Labels) -> Any:
        return open_responses(database.cursor(), table, labels, lambda _: None, store_prompts=prompts, embeddings=embeddings)

    def insert(labels: Labels, staged: Any) -> None:
        insert_staged(database.cursor(), table, labels, staged, store_prompts=prompts, embeddings=embeddings)

    return Intake(stage, open_sink, counts, nothing_known, insert=insert if whole else None)


@pytest.mark.parametrize("prompts", [True, False])
def test_whole_files_leave_the_rows_that_single_answers_do(
    stage: Stage, database: duckdb.DuckDBPyConnection, prompts: bool
) -> None:
    given = [
        answer(1, "é \"'\n", requested_at=1.7e9 + 0.1234567, responded_at=1.7e9 + 2.5, cached_input_tokens=3),
        answer(2, None, error_class="out_of_memory", error_message="no memory", cost_usd=None, input_tokens=None),
        answer(3, "", vector=array("f", [0.5, float("nan"), -1e30])),
        answer(4, "{}", vector=array("f", [1, 2, 3]), latency_ms=None),
    ]
    found = []
    for whole in (True, False):
        counts = Counts(cost_usd=0.0)
        stage.write(1, given[:2], LABELS, store_prompts=True)
        stage.write(1, given[2:], Labels("pii", "test-model", None, "other-run", "ray"), store_prompts=True)
        intake = into(database, stage, counts, whole=whole, vectors=True, prompts=prompts)
        intake.take()
        intake.finish()
        rows = [
            database.execute(f"from {table} order by request_key").fetchall()
            for table in ("dbt_llm__responses", "dbt_llm__embeddings")
        ]
        database.execute("delete from dbt_llm__responses; delete from dbt_llm__embeddings")
        found.append((counts, repr(rows)))
    assert found[0] == found[1]
    assert found[0][0] == Counts(
        settled=4, succeeded=3, failed=1, input_tokens=21, output_tokens=8, cached_input_tokens=3, cost_usd=0.75
    )
    assert "datetime.datetime(2023, 11, 14, 22, 13, 20, 123457)" in found[0][1]
    assert ("prompt 1" in found[0][1]) == prompts


def test_a_row_that_the_table_refuses_costs_its_neighbours_nothing(stage: Stage, database: duckdb.DuckDBPyConnection) -> None:
    [(create,)] = database.execute("select sql from duckdb_tables() where table_name = 'dbt_llm__responses'").fetchall()
    database.execute("drop table dbt_llm__responses")
    database.execute(create.rstrip(");") + ", check (completion <> 'bad'))")
    counts = Counts(cost_usd=0.0)
    stage.write(1, [answer(1), answer(2, "bad"), answer(3)], LABELS)
    intake = into(database, stage, counts, whole=True)
    intake.take()
    rows = database.execute("select completion, error_class from dbt_llm__responses order by all").fetchall()
    assert rows == [("{}", None), ("{}", None), (None, "provider_error")]
    assert (counts.settled, counts.succeeded, counts.failed, counts.cost_usd) == (3, 2, 1, 0.5)


def test_what_goes_wrong_after_a_write_does_not_write_it_again(
    stage: Stage, database: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(staged: Any) -> Counts:
        raise ZeroDivisionError

    monkeypatch.setattr("dbt_llm.workers.intake._counted", broken)
    stage.write(1, [answer(1), answer(2)], LABELS)
    with pytest.raises(ZeroDivisionError):
        into(database, stage, Counts(), whole=True).take()
    assert database.execute("select count(*) from dbt_llm__responses").fetchall() == [(2,)]


def test_a_lease_of_this_process_and_of_a_dead_one(tmp_path: Path) -> None:
    mine, dead = str(tmp_path / "mine"), str(tmp_path / "dead")
    assert not lease.is_held(mine)
    with lease.held(mine):
        assert lease.is_held(mine)
    assert not lease.is_held(mine)
    code = f"from dbt_llm.workers import lease\nimport os\nheld = lease.held({dead!r})\nheld.__enter__()\nos._exit(9)"
    subprocess.run([sys.executable, "-c", code], check=False)
    assert (tmp_path / "dead" / "_lease").exists() and not lease.is_held(dead)


def test_a_lease_of_another_machine_is_told_by_its_beat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_DEAD_AFTER_S", 0.4)
    monkeypatch.setattr(lease, "_POLL_S", 0.02)
    files = files_at(str(tmp_path))
    files.write("_lease", b'{"host": "elsewhere", "pid": 1, "beat": "a"}')
    assert not lease.is_held(str(tmp_path))
    beat = threading.Timer(0.1, files.write, ["_lease", b'{"host": "elsewhere", "pid": 1, "beat": "b"}'])
    beat.start()
    assert lease.is_held(str(tmp_path))
    beat.join()

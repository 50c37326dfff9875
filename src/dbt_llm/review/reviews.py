"""The sample as a reviewer goes through it, and the verdicts: what is judged, and where both are read and written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

from ..client import ConfigurationError, MissingDependencyError
from .project import Task
from .values import Column, as_text, fault, found_in, parsed, same

LOOKED_AT = 500
"""Completions from which a task's columns are told."""


@dataclass
class Item:
    """A row of the sample in the reviewer's queue."""

    request_key: str
    is_judged: bool


@dataclass(frozen=True)
class Answer:
    """A row of the sample. `values`: response column -> answered text, and None for null; no values without a valid answer."""

    request_key: str
    row_key: str | None
    prompt_version: str
    model_name: str | None
    status: str
    reason: str | None
    drawn_for: str
    input: Mapping[str, Any]
    output: str | None
    input_rows: int
    values: Mapping[str, str | None]

    @property
    def is_valid(self) -> bool:
        return self.status == "succeeded"


class Reviews:
    """The reviews of a database. Every method reads or writes it at once, and raises what it raises."""

    def __init__(self, tables: Tables, columns: Sequence[str] = (), tasks: Mapping[str, Task] | None = None) -> None:
        """`columns`: the response columns to judge; without, those that a golden model evaluates, or else those with labels.

        `tasks`: what `described()` says of the tasks by name; None where nobody knows.
        """
        self.project = tasks
        self._tables = tables
        self._columns = tuple(columns)
        self._sample = f"{tables.schema}.dbt_llm__review_sample"

    def prepare(self) -> None:
        """Make the table of verdicts, if it is not there."""
        self._tables.write(
            f"create table if not exists {self._tables.verdicts} (request_key varchar(64), task varchar(1000),"
            " column_name varchar(1000), verdict varchar(10), correct_value varchar(100000), reviewer varchar(1000),"
            " reviewed_at timestamp)"
        )

    def tasks(self) -> list[str]:
        """The tasks that have rows in the sample."""
        return [task for (task,) in self._tables.rows(f"select distinct task from {self._sample} order by task")]

    def columns(self, task: str) -> list[Column]:
        """What is judged of a task, in the order of its completions. Raises `ConfigurationError` for a name that is none."""
        outputs = self._tables.rows(f"select output from {self._sample} where task = ? limit {LOOKED_AT}", [task])
        known = found_in((output for (output,) in outputs), self._labels(task))
        wanted = self._columns or self._evaluated(task) or tuple(column.name for column in known if column.labels)
        names = [column.name for column in known]
        unknown = [name for name in self._columns if name not in names]
        if unknown:
            raise ConfigurationError(
                [f"{task} has no response column '{unknown[0]}' to judge. Expected some of {', '.join(names)}; got that."]
            )
        return [column for column in known if not wanted or column.name in wanted]

    def _labels(self, task: str) -> dict[str, list[str]]:
        """The labels of an `enum`, as each measured run lists them, also those that nobody got."""
        found: dict[str, list[str]] = {}
        for name, label in self._tables.rows(
            f"select distinct column_name, label from {self._tables.schema}.dbt_llm__output_distribution"
            " where task = ? and statistic = 'share' and label is not null order by column_name, label",
            [task],
        ):
            found.setdefault(name, []).append(label)
        return found

    def _evaluated(self, task: str) -> tuple[str, ...]:
        query = f"select distinct column_name from {self._tables.schema}.dbt_llm__evaluations where task = ?"
        return tuple(name for (name,) in self._tables.rows(query, [task]))

    def queue(self, task: str, columns: Sequence[Column]) -> list[Item]:
        """The sample of a task, oldest first. A row is judged once each of these columns has a verdict, whoever gave it."""
        judged: dict[str, set[str]] = {}
        for key, name in self._tables.rows(
            f"select distinct request_key, column_name from {self._tables.verdicts} where task = ?", [task]
        ):
            judged.setdefault(key, set()).add(name)
        names = {column.name for column in columns}
        keys = self._tables.rows(
            f"select request_key from {self._sample} where task = ? group by request_key order by min(sampled_at), request_key",
            [task],
        )
        return [Item(key, bool(names) and names <= judged.get(key, set())) for (key,) in keys]

    def answer(self, task: str, request_key: str) -> Answer:
        """The newest row of a request in the sample."""
        found = self._tables.rows(
            "select row_key, prompt_version, model_name, status, reason, drawn_for, input, output, input_rows"
            f" from {self._sample} where task = ? and request_key = ? order by sampled_at desc limit 1",
            [task, request_key],
        )
        if not found:
            raise ConfigurationError([f"The request {request_key} is no longer in the sample of {task}. Load the page again."])
        row_key, version, model_name, status, reason, drawn_for, given, output, input_rows = found[0]
        values = {name: as_text(value) for name, value in (parsed(output) or {}).items()} if status == "succeeded" else {}
        return Answer(
            *(request_key, row_key, version, model_name, status, reason, drawn_for),
            *(parsed(given) or {"input": given}, output, int(input_rows or 0), values),
        )

    def latest(self, task: str, request_key: str) -> dict[str, tuple[str, str | None, str]]:
        """Column -> the latest verdict, the value that it says is right, and the reviewer."""
        rows = self._tables.rows(
            f"select column_name, verdict, correct_value, reviewer from {self._tables.verdicts}"
            " where task = ? and request_key = ? order by reviewed_at",
            [task, request_key],
        )
        return {name: (verdict, value, reviewer) for name, verdict, value, reviewer in rows}

    def approve(self, task: str, answer: Answer, columns: Sequence[Column], reviewer: str) -> None:
        """Every column is right. Raises `ConfigurationError` where there is no valid answer that could be."""
        if not answer.is_valid:
            raise ConfigurationError(["This answer is in quarantine, so it cannot be right. Press n, and say what is right."])
        self._record(task, answer, [(column.name, "right", None) for column in columns], reviewer)

    def correct(
        self, task: str, answer: Answer, columns: Sequence[Column], right: Mapping[str, str | None], reviewer: str
    ) -> None:
        """What is right, column by column; None: wrong, and the reviewer cannot say what is right.

        A column whose right value is the answer is right. Raises `ConfigurationError` for what no answer can be, and where
        nothing is wrong; then nothing is written.
        """
        faults = [told for column in columns if (value := right[column.name]) is not None and (told := fault(column, value))]
        if faults:
            raise ConfigurationError(faults)
        verdicts: list[tuple[str, str, str | None]] = []
        for column in columns:
            value = right[column.name]
            is_right = answer.is_valid and same(column, answer.values.get(column.name), value)
            verdicts.append((column.name, "right", None) if is_right else (column.name, "wrong", value))
        if all(verdict == "right" for _, verdict, _ in verdicts):
            raise ConfigurationError(["Nothing differs from the answer. Change what is wrong, or press y where all is right."])
        self._record(task, answer, verdicts, reviewer)

    def _record(self, task: str, answer: Answer, verdicts: Sequence[tuple[str, str, str | None]], reviewer: str) -> None:
        if not reviewer.strip():
            raise ConfigurationError(["A verdict has a reviewer. Write your name in the field on the left."])
        if not verdicts:
            raise ConfigurationError(["This task has no column that can be judged. Name some with --columns."])
        at = datetime.now(timezone.utc).replace(tzinfo=None)
        # One statement, so that a row is never half judged.
        self._tables.write(
            f"insert into {self._tables.verdicts}"
            " (request_key, task, column_name, verdict, correct_value, reviewer, reviewed_at) values "
            + ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(verdicts)),
            [
                part
                for name, verdict, value in verdicts
                for part in (answer.request_key, task, name, verdict, value, reviewer.strip(), at)
            ],
        )


class Cursor(Protocol):
    """Of DB-API 2 (PEP 249), what is used here."""

    def execute(self, query: str, parameters: Sequence[Any], /) -> Any: ...

    def fetchall(self) -> Any: ...

    def close(self) -> Any: ...


class Connection(Protocol):
    """Of DB-API 2 (PEP 249), what is used here."""

    def cursor(self) -> Any: ...


Connect = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection for as long as a statement takes. Each statement is committed by itself."""


@dataclass(frozen=True)
class Tables:
    """The names are as SQL says them in the connection: `analytics.dbt_llm`, `analytics.reviews.verdicts`."""

    connect: Connect
    schema: str
    """Of the package's tables."""
    verdicts: str
    """The table of verdicts, which is made if it is not there. The var dbt_llm_verdicts names it to the golden models."""

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return a query's rows. Raises what the database raises."""
        with self._cursor() as cursor:
            cursor.execute(query, tuple(parameters))
            return [tuple(row) for row in cursor.fetchall()]

    def write(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement. Raises what the database raises; then nothing was written."""
        with self._cursor() as cursor:
            cursor.execute(statement, tuple(parameters))

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        with self.connect() as connection:
            cursor = connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()


_one_at_a_time = threading.Lock()


def duckdb_file(path: Path) -> Connect:
    """Open the file for each statement anew, so that dbt can write it while a reviewer reads.

    Raises `ConfigurationError` where there is no such file: DuckDB would make an empty one.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingDependencyError("dbt_llm.review: DuckDB is not installed. Run: pip install 'dbt-llm[review]'") from error
    if not path.is_file():
        raise ConfigurationError([f"'{path}' is no file. Expected a DuckDB database; got no such file. Name it with --database."])

    @contextmanager
    def connect() -> Iterator[Connection]:
        # Streamlit runs each visitor in a thread of its own, and a file can be open once.
        with _one_at_a_time, duckdb.connect(str(path)) as connection:
            yield connection

    return connect

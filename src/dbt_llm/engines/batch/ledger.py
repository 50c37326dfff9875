"""The ledger of batch jobs: what may have been submitted, as any later run must know it.

Two append-only tables: `dbt_llm__batches` has a row for each event of a job, `dbt_llm__batch_requests` its requests.
Whatever a job may cost is in them before it can cost it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from ...client import DbtLlmError
from ...warehouses import Warehouse
from .provider import BatchState

__all__ = [
    "ABSENT",
    "CLOSED",
    "COLLECTED",
    "GIVEN_UP",
    "INCOMPLETE",
    "INTENDED",
    "NEVER_WAS",
    "NOT_CREATED",
    "OPEN",
    "REJECTED",
    "SUBMITTED",
    "UNKNOWN",
    "UPLOADED",
    "Asked",
    "Job",
    "Ledger",
    "Relations",
    "Totals",
    "literal",
    "slices",
]

INTENDED = "intended"
"""Its requests are written down; nothing has been sent."""
UPLOADED = "uploaded"
"""Its input file is at the provider."""
SUBMITTED = "submitted"
"""The provider has created it."""
UNKNOWN = "unknown"
"""It may be there or not, or its provider tells nothing of it now."""
INCOMPLETE = "incomplete"
"""Its results were fewer than the provider had counted; they are read once more before that is believed."""
COLLECTED = "collected"
REJECTED = "rejected"
"""The provider has refused it."""
NOT_CREATED = "not_created"
"""Something failed before the provider was asked for it."""
ABSENT = "absent"
"""The provider's list, read again and again, does not hold it."""
GIVEN_UP = "given_up"
"""A user has said that nothing will come of it."""

CLOSED = frozenset({COLLECTED, REJECTED, NOT_CREATED, ABSENT, GIVEN_UP})
NEVER_WAS = frozenset({REJECTED, NOT_CREATED, ABSENT})
"""Closed, and the provider has no such job: a later one may be known by the same key."""
OPEN = frozenset({INTENDED, UPLOADED, SUBMITTED, UNKNOWN, INCOMPLETE, *(state.value for state in BatchState)})

_ROWS = 5_000
"""Rows of one insert."""


@dataclass(frozen=True)
class Relations:
    """The package's tables that the batch engine reads and writes, as SQL text. `embeddings`: of a task of vectors."""

    responses: str
    batches: str
    batch_requests: str
    embeddings: str | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A batch job as its latest row in the ledger has it; the fields are the columns of dbt_llm__batches.

    Times are aware, UTC. `requests` and the tokens are counts, `estimated_input_tokens` a count made beforehand.
    """

    batch_key: str
    task: str
    endpoint: str
    provider: str
    model_name: str
    requests: int
    estimated_input_tokens: int
    intended_at: datetime
    recorded_at: datetime
    state: str = INTENDED
    sequence: int = 1
    prompt_version: str | None = None
    batch_id: str | None = None
    input_id: str | None = None
    absences: int = 0
    succeeded_requests: int | None = None
    failed_requests: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    message: str | None = None
    invocation_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether answers may still come of it."""
        return self.state not in CLOSED

    @property
    def name(self) -> str:
        """What a user can look up: the provider's id, or the key."""
        return self.batch_id or self.batch_key


@dataclass(slots=True)
class Asked:
    """A request of a job, by its custom id. `is_settled`: its response is kept."""

    request_key: str
    attempt: int
    prompt: str | None
    is_settled: bool = False


@dataclass(frozen=True)
class Totals:
    """What all responses of a job come to."""

    succeeded: int
    failed: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None


_COLUMNS = [field.name for field in fields(Job)]
_TIMES = ("intended_at", "recorded_at")
_COUNTS = [field.name for field in fields(Job) if str(field.type) in ("int", "int | None")]


class Ledger:
    """Reads and appends to the ledger's two tables; each append is committed when it returns."""

    def __init__(self, warehouse: Warehouse, relations: Relations, invocation_id: str | None) -> None:
        """`invocation_id`: of the dbt invocation, in whose name events are recorded."""
        self._warehouse = warehouse
        self._relations = relations
        self._invocation_id = invocation_id

    def intend(self, job: Job, requests: Iterable[Mapping[str, Any]]) -> Job:
        """Write down a job before anything is sent: its requests (rows of dbt_llm__batch_requests), then itself."""
        for rows in slices(requests, _ROWS):
            self._warehouse.append(self._relations.batch_requests, rows)
        return self._append(replace(job, invocation_id=self._invocation_id))

    def record(self, job: Job, state: str, at: datetime, **changes: Any) -> Job:
        """Append the next event of a job: its row with the changes. Returns the job as it now is."""
        changes = {"message": None, **changes}
        return self._append(
            replace(job, sequence=job.sequence + 1, state=state, recorded_at=at, invocation_id=self._invocation_id, **changes)
        )

    def open_jobs(self) -> list[Job]:
        """The open jobs of all tasks, oldest first."""
        # What an edit has left unsaid is no reason to pay again.
        return self._jobs("coalesce(is_open, true) and batch_key is not null")

    def latest(self, batch_key: str) -> Job | None:
        """The job with this key, if there ever was one."""
        return next(iter(self._jobs(f"batch_key = {literal(batch_key)}")), None)

    def requests(self, job: Job) -> dict[str, Asked]:
        """The requests of a job by their custom ids; those of which a response is kept are settled."""
        key = literal(job.batch_key)
        rows = self._warehouse.rows(
            "select asked.custom_id, asked.request_key, asked.attempt, asked.prompt, kept.request_key is not null\n"
            f"from {self._relations.batch_requests} as asked\n"
            f"left join ({self._kept(key)}) as kept on asked.request_key = kept.request_key\n"
            f"where asked.batch_key = {key}"
        )
        found: dict[str, Asked] = {}
        rows.reverse()
        while rows:
            custom_id, request_key, attempt, prompt, is_kept = rows.pop()
            if custom_id is None or request_key is None:
                # An edit: nothing can be told of such a request, which is asked again.
                continue
            # Where they are one text, it is held once.
            request_key = custom_id if custom_id == request_key else request_key
            found[custom_id] = Asked(request_key, int(attempt or 0), prompt, bool(is_kept))
        return found

    def custom_ids(self, job: Job) -> tuple[str, ...]:
        """Some of a job's custom ids."""
        rows = self._warehouse.rows(
            f"select custom_id from {self._relations.batch_requests} where batch_key = {literal(job.batch_key)}"
            " order by custom_id limit 10"
        )
        return tuple(custom_id for (custom_id,) in rows)

    def known_ids(self, job: Job) -> frozenset[str]:
        """The provider's ids of all other jobs."""
        rows = self._warehouse.rows(
            f"select distinct batch_id from {self._relations.batches}"
            f" where batch_id is not null and batch_key <> {literal(job.batch_key)}"
        )
        return frozenset(batch_id for (batch_id,) in rows)

    def settled_elsewhere(self, work: str, first: int, last: int) -> set[str]:
        """Of the requests numbered so in a work table, those that are in an open job, or were answered in this invocation."""
        numbered = f"work.n >= {first} and work.n <= {last}"
        query = (
            f"select work.request_key\nfrom {work} as work\n"
            f"inner join {self._relations.batch_requests} as asked on work.request_key = asked.request_key\n"
            f"inner join ({self._latest('batch_key', 'is_open')}) as jobs on asked.batch_key = jobs.batch_key\n"
            f"where {numbered}"
        )
        if self._invocation_id is not None:
            query += (
                f"\nunion all\nselect work.request_key\nfrom {work} as work\n"
                f"inner join {self._relations.responses} as answers on work.request_key = answers.request_key\n"
                f"where {numbered} and answers.status = 'succeeded' and coalesce(answers.attempt, 1) > work.attempt"
                f" and answers.invocation_id = {literal(self._invocation_id)}"
            )
        return {key for (key,) in self._warehouse.rows(query)}

    def kept(self, job: Job) -> int:
        """How many responses of a job are kept, whoever has written them."""
        [(count,)] = self._warehouse.rows(
            f"select count(*) from {self._relations.responses} where batch_id in ({self._ids(literal(job.batch_key))})"
        )
        return int(count)

    def totals(self, job: Job) -> Totals:
        """What the kept responses of a job come to."""
        counted = (
            "select count(case when status = 'succeeded' then 1 end), count(case when status = 'failed' then 1 end),"
            f" sum(input_tokens), sum(output_tokens), sum(cost_usd) from {self._relations.responses}"
            f" where batch_id in ({self._ids(literal(job.batch_key))})"
        )
        [(succeeded, failed, read, written, cost)] = self._warehouse.rows(counted)
        return Totals(int(succeeded), int(failed), _whole(read), _whole(written), None if cost is None else float(cost))

    def _append(self, job: Job) -> Job:
        row = {name: getattr(job, name) for name in _COLUMNS}
        self._warehouse.append(self._relations.batches, [{**row, "is_open": job.is_open}])
        return job

    def _jobs(self, condition: str) -> list[Job]:
        found = self._warehouse.rows(f"{self._latest(', '.join(_COLUMNS), condition)}\norder by intended_at, batch_key")
        return [_job(dict(zip(_COLUMNS, row, strict=True))) for row in found]

    def _latest(self, columns: str, condition: str) -> str:
        return (
            f"select {columns} from (\n"
            "select *, row_number() over (partition by batch_key order by coalesce(sequence, 0) desc, recorded_at desc)"
            " as newest_first\n"
            f"from {self._relations.batches}\n) as events where newest_first = 1 and {condition}"
        )

    def _kept(self, key: str) -> str:
        return f"select distinct request_key from {self._relations.responses} where batch_id in ({self._ids(key)})"

    def _ids(self, key: str) -> str:
        # Not the id itself: it is the provider's text, and how a text is written in SQL differs by platform.
        return f"select batch_id from {self._relations.batches} where batch_key = {key} and batch_id is not null"


def literal(text: str) -> str:
    """A name as SQL text. Raises `DbtLlmError` where it holds what platforms escape differently."""
    if "'" in text or "\\" in text:
        raise DbtLlmError(f"dbt_llm.enrich: not a plain name. Expected neither quotes nor backslashes; got '{text}'.")
    return f"'{text}'"


def slices(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of so many."""
    remaining = iter(rows)
    while part := list(islice(remaining, size)):
        yield part


_NEEDED = ("task", "provider", "model_name", "state")


def _job(row: dict[str, Any]) -> Job:
    """A job from its latest row. Raises `DbtLlmError` where that has been edited so that nothing can be done about the job."""
    lacking = [name for name in _NEEDED if row[name] is None]
    if row["intended_at"] is None and row["recorded_at"] is None:
        lacking += _TIMES
    if lacking:
        raise DbtLlmError(
            f"dbt_llm.enrich: the ledger does not say {', '.join(lacking)} of the batch {row['batch_key']}, which may be paid."
            " Expected its rows in dbt_llm__batches as they were written; got NULL. Mend them, or give the job up:"
            f" dbt run-operation dbt_llm.close_batch --args '{{batch_key: {row['batch_key']}}}'."
        )
    for name, other in (_TIMES, _TIMES[::-1]):
        row[name] = row[name] if row[name] is not None else row[other]
    for name in ("sequence", "requests", "estimated_input_tokens", "absences"):
        row[name] = row[name] or 0
    row["endpoint"] = row["endpoint"] or ""
    for name in _TIMES:
        row[name] = row[name].replace(tzinfo=timezone.utc) if row[name].tzinfo is None else row[name]
    for name in _COUNTS:
        # Some platforms count in decimals.
        row[name] = _whole(row[name])
    return Job(**row)


_LARGEST = (1 << 63) - 1


def _whole(value: Any) -> int | None:
    # What a provider counted before its numbers were bounded may be more than a column holds.
    return None if value is None else min(int(value), _LARGEST)

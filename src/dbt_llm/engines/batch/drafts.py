"""Cuts pending requests into jobs: in their order, within what a job may hold and what the task may spend."""

from __future__ import annotations

import math
import tempfile
from array import array
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...claims import Claims
from ...client.forms import Form
from ...client.limits import Budget
from ...warehouses import Warehouse
from .provider import BatchProvider

_BYTES_PER_TOKEN = 4
_SLICE_BYTES = 8 << 20
_SLICE_ROWS = 10_000
_FIRST_SLICE_ROWS = 500
_SPOOLED_BYTES = 4 << 20
"""What a draft holds in memory before it goes to disk."""
_NO_KEY = "0" * 32
_NO_REQUEST = "0" * 64


@dataclass(slots=True)
class Drafted:
    """A request of a draft. `prompt`: only where prompts are stored."""

    request_key: str
    attempt: int
    estimated_tokens: int
    prompt: str | None = None


class Draft:
    """A job to be: its requests, and their bodies one after the other in a temporary file of its own."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where the temporary file is made, once it is larger than 4 MiB."""
        self.requests: list[Drafted] = []
        self.first = 0
        """The number of the first request in the work table."""
        self.last = 0
        """The number of the last one."""
        self.bytes_ = 0
        """Of the input file."""
        self._lengths = array("Q")
        self._bodies = tempfile.SpooledTemporaryFile(_SPOOLED_BYTES, dir=str(folder))  # noqa: SIM115 - closed by close()

    def add(self, number: int, request: Drafted, body: bytes, size: int) -> None:
        """Add a request. `size`: the bytes of its line."""
        self.first = self.first or number
        self.last = number
        self.requests.append(request)
        self.bytes_ += size
        self._lengths.append(len(body))
        self._bodies.write(body)

    def write(self, file: Path, provider: BatchProvider, batch_key: str, without: Collection[str] = ()) -> None:
        """Write the input file. `without`: request keys to leave out."""
        self._bodies.seek(0)
        with file.open("wb", 1 << 20) as lines:
            for request, length in zip(self.requests, self._lengths, strict=True):
                body = self._bodies.read(length)
                if request.request_key not in without:
                    lines.write(provider.line(provider.custom_id(batch_key, request.request_key), body))

    def close(self) -> None:
        """Remove the temporary file."""
        self._bodies.close()


@dataclass
class Room:
    """What the jobs of a run may hold. `requests`, `bytes_`: of one job. `enqueued_tokens`: of all; None: no such limit."""

    requests: int
    bytes_: int
    enqueued_tokens: float | None = None
    budget: Budget | None = None


@dataclass
class Drafts:
    """The drafts of a work table, one at a time; while it is iterated it counts what it leaves out.

    Requests that another task of this process is asking now are left to it.
    """

    warehouse: Warehouse
    work: str
    provider: BatchProvider
    form: Form
    room: Room
    claims: Claims
    folder: Path
    store_prompts: bool = False
    stopped: str | None = None
    """Which limit ended it early: `limit:<name>`, or `budget:<name>`."""
    too_large: list[Drafted] = field(default_factory=list)
    """Requests that no job can hold."""
    elsewhere: int = 0
    """Requests that another task is asking now."""
    too_few: int = 0
    """Requests of a draft that was too small for the provider."""

    def __iter__(self) -> Generator[Draft, None, None]:
        line, encode = self.provider.line, self.form.encode
        custom_id = self.provider.custom_id(_NO_KEY, _NO_REQUEST)
        constant_bytes = self.form.constant_bytes
        room = self.room
        draft = Draft(self.folder)
        try:
            for number, key, prompt, attempt in self._rows():
                body = encode(prompt)
                size = len(line(custom_id, body))
                letters = len(prompt) if prompt.isascii() else len(prompt.encode("utf-8", "surrogatepass"))
                tokens = math.ceil((letters + constant_bytes) / _BYTES_PER_TOKEN)
                request = Drafted(key, attempt, tokens, prompt if self.store_prompts else None)
                if size > room.bytes_:
                    self.too_large.append(request)
                    continue
                if draft.requests and (len(draft.requests) >= room.requests or draft.bytes_ + size > room.bytes_):
                    yield from self._finished(draft)
                    draft.close()
                    draft = Draft(self.folder)
                self.stopped = self._lacks(prompt, tokens)
                if self.stopped is not None:
                    break
                draft.add(number, request, body, size)
            yield from self._finished(draft)
        finally:
            draft.close()

    def _finished(self, draft: Draft) -> Iterator[Draft]:
        if len(draft.requests) >= max(self.provider.limits.min_requests, 1):
            yield draft
        else:
            self.too_few += len(draft.requests)

    def _lacks(self, prompt: str, tokens: int) -> str | None:
        """Set a request's amounts aside; or return what it does not fit into."""
        room = self.room
        if room.enqueued_tokens is not None and tokens > room.enqueued_tokens:
            return "limit:enqueued_tokens"
        if room.budget is not None:
            limit = room.budget.set_aside(room.budget.estimate(prompt))
            if limit is not None:
                return limit
        if room.enqueued_tokens is not None:
            room.enqueued_tokens -= tokens
        return None

    def _rows(self) -> Iterator[tuple[int, str, str, int]]:
        after, size = 0, _FIRST_SLICE_ROWS
        while rows := self._read(after, size):
            after += size
            mine = self.claims.claim(self, [key for _, key, _, _ in rows])
            self.elsewhere += len(rows) - len(mine)
            letters = sum(len(prompt) for _, _, prompt, _ in rows) / len(rows)
            size = max(16, min(_SLICE_ROWS, int(_SLICE_BYTES / max(letters, 1))))
            rows.reverse()
            while rows:
                number, key, prompt, attempt = rows.pop()
                if key in mine:
                    yield int(number), key, prompt, int(attempt)

    def _read(self, after: int, size: int) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(
            f"select n, request_key, prompt, attempt from {self.work} where n > {after} and n <= {after + size} order by n"
        )

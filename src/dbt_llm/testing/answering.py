"""From a request to the body that answers it, for live calls and for the rows of batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import Answer
from .chat import ChatRequest, Reply, Usage, text_of, tokens
from .counters import Counters
from .faults import Faults, Kind
from .forms import Exchange, Form
from .prefix_cache import PrefixCache
from .spoil import spoil


@dataclass(frozen=True)
class Completed:
    """What answers a request: with status 200 a response and its usage, else an error."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Usage | None = None


class Answerer:
    """Applies a server's answer function, its faults of completions, and its prompt cache."""

    def __init__(self, answer: Answer, faults: Faults, counters: Counters, served_model: str | None) -> None:
        self.answer = answer
        self.faults = faults
        self.counters = counters
        self.cache = PrefixCache()
        self._served_model = served_model

    def complete(self, form: Form, request: ChatRequest, kind: Kind | None, number: int, arrived_at: float) -> Completed:
        """Answer a request, spoilt by a fault or not. `number` makes its id; `arrived_at` is of `time.monotonic`."""
        try:
            answer = self.answer(request)
        except Exception as error:
            # A bug in an answer function must reach whoever wrote it, in words.
            failure = form.failure(500, f"The answer function failed: {error!r}", "answer_failed")
            return Completed(500, failure.body, failure.headers)
        reply = Reply(answer) if isinstance(answer, str) else answer
        if reply.status != 200:
            failure = form.failure(reply.status, reply.text or "", reply.code)
            return Completed(reply.status, failure.body, {**failure.headers, **reply.headers})
        if kind is not None:
            reply = spoil(reply, kind, request)
        usage = self._usage(form, request, reply, arrived_at)
        model = self._served_model or f"{request.model}-stand-in"
        body = form.response(Exchange(request, reply, usage, f"{form.id_prefix}{number:09}", model))
        return Completed(200, body, reply.headers, usage)

    def row_fault(self, prompt: str) -> tuple[Kind | None, int | None]:
        """What the faults of calls are to a row of a batch: a spoilt completion, or the status that it fails with.

        A row has no connection that could be dropped: what would have cost a live call its response is an error.
        """
        if self.faults.status_always is not None:
            return None, self.faults.status_always
        kind = self.faults.choose(prompt, self.counters.times_seen(prompt)).kind
        if kind == "throttle":
            return None, 429
        if kind in ("error", "timeout", "drop", "malformed_body"):
            return None, self.faults.error_status
        return kind, None

    def _usage(self, form: Form, request: ChatRequest, reply: Reply, arrived_at: float) -> Usage:
        read, written = form.cached(request, self.cache, arrived_at)
        return Usage(
            input_=tokens("".join(text_of(message) for message in request.messages)),
            output=tokens(reply.refusal if reply.text is None else reply.text),
            reasoning=reply.reasoning_tokens,
            cache_read=read,
            cache_written=written,
        )

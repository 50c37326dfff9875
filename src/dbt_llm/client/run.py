"""A run: a stream of requests, answered through a sliding window with no barrier."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .calls import LONGEST_THROTTLED_S, Caller
from .connections import connection_to, event_loop
from .counts import Counts
from .endpoint import Endpoint
from .errors import EndpointError, FatalEndpointError
from .forms import Form, form_of
from .forms.openai_embeddings import OpenAIEmbeddings
from .inputs import Asked, Assembly, Inputs, requests_of
from .limits import Amounts, Budget, BudgetTerms, Limits
from .outcomes import Request, Response, Trouble
from .pacing import FIRST_WINDOW, Gate
from .remedies import error_of
from .verdicts import Ruling, Verdicts

__all__ = ["GRACE_S", "Plan", "Run", "Sink"]

GRACE_S = 2.0
"""How long an interrupted run waits for what is in flight."""


_COLD = 3
"""So many requests are asked one by one, at most, until the prompts' beginning is cached."""
_OF_THE_ENDPOINT = (Trouble.MISSET, Trouble.BLOCKED, Trouble.UNREACHABLE, Trouble.DROPPED)


class Sink(Protocol):
    """Where responses go. Called in the client's event loop."""

    def keep(self, request: Request, response: Response) -> None:
        """Take a response; must not block."""

    def let_go(self, request: Request) -> None:
        """Know that this request's response is held back, so that others need not wait for it."""

    @property
    def has_room(self) -> bool:
        """Whether more may be asked for."""

    async def wait_for_room(self) -> None:
        """Return once it has room. Raises where it will have none."""

    async def close(self) -> None:
        """Return once everything that was kept is safe. Raises where not all could be."""

    @property
    def changes(self) -> Sequence[tuple[Response, Response | None]]:
        """Once closed, what was kept and is not there, with what is there in its place."""


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    `invocation_id`: a fatal answer ends all runs that have the same one and use the same endpoint.
    `retries`: of transient failures, per request. `prompt_prefix`: the text that all prompts begin with, as far as known,
    which a provider may be asked to keep in its cache. `dimensions`: of the vectors, where embeddings are asked for.
    """

    endpoint: Endpoint
    model_parameters: Mapping[str, Any] = field(default_factory=dict)
    response_format: Mapping[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)
    budgets: Sequence[BudgetTerms] = ()
    retries: int = 5
    invocation_id: str | None = None
    prompt_prefix: str = ""
    dimensions: int | None = None

    def form(self) -> Form:
        """The wire form of its requests. Raises what `form_of` raises."""
        return form_of(self.endpoint, self.model_parameters, self.response_format, self.prompt_prefix, dimensions=self.dimensions)


class Run:
    """One run of a plan. `execute` it once, in the client's event loop; `interrupt` it from anywhere.

    Afterwards `stopped` says why it ended early (`limit:<name>`, `budget:<name>`, `throttled`, `unanswered`, `fatal`,
    `interrupted`; None: it did not) and `error` holds the reason where it is one of the second three. What was not kept
    is to be taken as never asked.
    """

    def __init__(self, plan: Plan, source: AsyncIterator[Sequence[Request]], sink: Sink, counts: Counts | None = None) -> None:
        """`counts`: where it counts what it does; its own where none are given.

        Raises `ConfigurationError` where the plan cannot work, `MissingDependencyError` without what its form needs.
        """
        self.counts = counts if counts is not None else Counts()
        self.stopped: str | None = None
        self.error: EndpointError | None = None
        self.first_failure: str | None = None
        """Class and message of the first request that failed."""
        self._plan = plan
        self._source = source
        self._sink = sink
        self._form = plan.form()
        self.counts.cost_usd = 0.0 if plan.endpoint.is_priced else None
        self.warning = self._form.warning
        """What is done less well than asked, where that is so; to be shown once."""
        self._budget = Budget(
            plan.limits,
            plan.endpoint,
            constant_bytes=self._form.constant_bytes,
            cached_bytes=self._form.cached_bytes,
            max_output_tokens=self._form.max_output_tokens,
            budgets=plan.budgets,
            invocation_id=plan.invocation_id,
        )
        self._assembly = Assembly(self._form, plan.endpoint, self._budget) if isinstance(self._form, OpenAIEmbeddings) else None
        # Calls that begin before the provider has cached their beginning would each be billed as a write.
        self._is_warm = self._form.cached_bytes == 0
        self._verdicts = Verdicts()
        self._failure: BaseException | None = None
        self._caller: Caller | None = None
        self._upcoming: deque[Request] = deque()
        self._is_all_taken = False
        # Whether the last look found nothing for now: what is left waits for other tasks.
        self._is_dry = False
        self._limit: str | None = None
        self._workers: set[asyncio.Task[None]] = set()
        self._idle: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._settled = asyncio.Event()

    @property
    def trouble(self) -> str | None:
        """What keeps the run from beginning, while it is tried again."""
        return None if self._caller is None else self._caller.trouble

    def interrupt(self) -> None:
        """Send nothing more, wait two seconds for what is in flight, and end. From any thread."""
        event_loop().call_soon_threadsafe(self._interrupt)

    async def execute(self) -> None:
        """Answer everything, or as much as may be.

        Raises what source or sink raised, once everything that came until then has been kept.
        """
        self._budget.open(self._settled.set)
        try:
            connection = connection_to(self._plan.endpoint, self._form.url)
            error = connection.gate.given_up(self._plan.invocation_id)
            if error is not None:
                raise error
            self._caller = Caller(self._plan.endpoint, connection, self._form, self._plan.retries, self.counts, self._budget)
            await self._answer_all(connection.gate, self._caller)
        except FatalEndpointError as error:
            self._stop("fatal", error)
        finally:
            self._budget.close(self._settled.set)
            try:
                await self._sink.close()
            finally:
                self._recount()
        if self._failure is not None:
            raise self._failure

    def _recount(self) -> None:
        """What is counted is what is there."""
        for counted, there in self._sink.changes:
            self.counts.take_back(counted)
            if there is None:
                self.counts.settled -= 1
            else:
                self.counts.add_response(there)
                self._remember_failure(there)

    async def _answer_all(self, gate: Gate, caller: Caller) -> None:
        self._hire(gate, caller)
        while self._workers:
            await asyncio.wait(self._workers)
        if self._failure is None:
            self._follow(gate, self._verdicts.close(is_cut=self._limit is not None))
        if self.stopped is None and self._limit is not None:
            self.stopped = self._limit

    def _hire(self, gate: Gate, caller: Caller) -> None:
        """Have as many workers as the window has places; those that wait for another try do not count."""
        places = gate.window.size if self._is_warm else 1
        while len(self._workers) - len(caller.resting) < places:
            worker = asyncio.create_task(self._work(gate, caller))
            self._workers.add(worker)
            worker.add_done_callback(self._leaves)

    def _leaves(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        self._idle.discard(worker)
        self._settled.set()
        if not worker.cancelled():
            self._fail(worker.exception())

    async def _work(self, gate: Gate, caller: Caller) -> None:
        """Answer one request after another: a task for each would cost a fifth of the throughput."""
        worker = asyncio.current_task()
        assert worker is not None
        while self.stopped is None:
            asked = self._next(caller)
            # Only who is idle may be cancelled: what is in flight is paid for.
            self._idle.add(worker)
            if asked is None:
                asked = await self._next_after_a_wait(caller)
                if asked is None:
                    return
            request, amounts = asked
            if not gate.try_enter():
                await gate.enter(amounts.tokens)
            self._idle.discard(worker)
            error = gate.given_up(self._plan.invocation_id)
            if error is not None:
                self._stop("fatal", error)
            if self.stopped is not None:
                gate.leave()
                return
            await self._answer(gate, caller, request, amounts)
            # Without an answer there is no beginning that could be cached, and no reason to wait for it.
            self._is_warm = self._is_warm or self._verdicts.has_answers or self.counts.sent >= _COLD
            if not self._is_all_taken:
                self._hire(gate, caller)

    def _next(self, caller: Caller) -> tuple[Asked, Amounts] | None:
        """The next request with what is set aside for it; None where that needs a wait."""
        # A storm of failures must not pile up requests that wait for another try.
        if not self._upcoming or len(caller.resting) > FIRST_WINDOW or not self._sink.has_room:
            return None
        if self._assembly is not None:
            return None if self._is_short else self._assembly.take(self._upcoming)
        amounts = self._budget.estimate(self._upcoming[0].prompt)
        if self._budget.set_aside(amounts) is not None:
            return None
        return self._upcoming.popleft(), amounts

    @property
    def _is_short(self) -> bool:
        """Whether there may be more for the next call than is read so far."""
        least = 1 if self._assembly is None else self._assembly.most
        return len(self._upcoming) < least and not self._is_all_taken and not (self._is_dry and self._upcoming)

    async def _next_after_a_wait(self, caller: Caller) -> tuple[Asked, Amounts] | None:
        """The next request; None where there is no more, or a limit ends the run."""
        async with self._turn:
            while True:
                while self._is_short:
                    await self._take_slice()
                if not self._upcoming:
                    return None
                await self._sink.wait_for_room()
                asked = self._next(caller)
                if asked is not None:
                    return asked
                # While this one waited for room, another may have filled it, or taken the last request.
                if not self._sink.has_room or not self._upcoming:
                    continue
                amounts = self._budget.estimate(self._upcoming[0].prompt)
                limit = self._budget.lacks(amounts)
                if limit is not None and not self._budget.may_fit_later(amounts):
                    # Not a stop: what has been set aside is still answered.
                    self._limit = limit
                    self._upcoming.clear()
                    self._is_all_taken = True
                    return None
                self._settled.clear()
                await self._settled.wait()

    async def _take_slice(self) -> None:
        async for requests in self._source:
            self._upcoming.extend(requests)
            self._is_dry = not requests
            return
        self._is_all_taken = True

    async def _answer(self, gate: Gate, caller: Caller, request: Asked, amounts: Amounts) -> None:
        self.counts.sent += len(requests_of(request))
        try:
            await self._ask(gate, caller, request, amounts)
        finally:
            self._settled.set()

    async def _ask(self, gate: Gate, caller: Caller, request: Asked, amounts: Amounts) -> None:
        answer = await caller.answer(request, amounts)
        if isinstance(request, Inputs) and answer.is_divided:
            halves = request.halves()
            for half in halves:
                of_half = Amounts.total(half.amounts)
                await caller.rest(0.0, of_half.tokens)
                await self._ask(gate, caller, half, of_half)
            if self._assembly is not None:
                self._assembly.learn(*halves)
            return
        ruling = self._verdicts.judge(request, answer)
        if not any(kept is request for kept, _ in ruling.kept):
            # Two tasks that hold back what the other waits for would wait for ever.
            for one in requests_of(request):
                self._sink.let_go(one)
        self._follow(gate, ruling)
        if caller.exhausted is not None:
            self._stop("throttled", caller.exhausted)
        if isinstance(request, Inputs) and self._assembly is not None:
            error = self._assembly.judge(request)
            if error is not None:
                self._stop("fatal", error)

    def _follow(self, gate: Gate, ruling: Ruling) -> None:
        for request, response in ruling.kept:
            self._keep(request, response)
        if ruling.end is None:
            return
        assert ruling.answer is not None and self._caller is not None
        error = error_of(
            ruling.end,
            ruling.answer,
            self._plan.endpoint,
            self._form.url,
            witnesses=ruling.witnesses,
            is_first=not self._verdicts.has_answers,
            longest_s=LONGEST_THROTTLED_S,
        )
        # What a task asks for may be at fault for the rest; another task may fare better.
        if isinstance(error, FatalEndpointError) and ruling.answer.trouble in _OF_THE_ENDPOINT:
            gate.give_up(self._plan.invocation_id, error)
        self._stop(ruling.end.name.lower(), error)

    def _keep(self, asked: Asked, response: Response) -> None:
        if isinstance(asked, Inputs):
            for one, part in zip(asked.requests, asked.responses(response), strict=True):
                self._keep_one(one, part)
        else:
            self._keep_one(asked, response)

    def _keep_one(self, request: Request, response: Response) -> None:
        self.counts.settled += 1
        self.counts.add_response(response)
        self._remember_failure(response)
        self._sink.keep(request, response)

    def _remember_failure(self, response: Response) -> None:
        if response.error_class is not None and self.first_failure is None:
            self.first_failure = f"{response.error_class}: {response.error_message}"

    def _stop(self, reason: str, error: EndpointError | None = None) -> None:
        if self.stopped is not None:
            return
        self.stopped, self.error = reason, error
        if self._caller is not None:
            self._caller.stop()
        for worker in self._idle:
            # Who stops the run ends by itself.
            if worker is not asyncio.current_task():
                worker.cancel()

    def _fail(self, failure: BaseException | None) -> None:
        if failure is not None and self._failure is None:
            self._failure = failure
            self._stop("failed")

    def _interrupt(self) -> None:
        self._stop("interrupted")
        asyncio.get_running_loop().call_later(GRACE_S, self._cancel)

    def _cancel(self) -> None:
        for worker in self._workers:
            worker.cancel()

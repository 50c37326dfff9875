"""A run: a stream of requests, answered through a sliding window with no barrier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from . import connections, transport
from .calls import CallCounts, Caller, Connection
from .endpoint import Endpoint
from .errors import EndpointError, FatalEndpointError, ThrottledError
from .gate import Gate
from .limits import Amounts, Budget, Limits
from .openai_chat import ChatBody
from .pacing import FIRST_WINDOW
from .records import Request, Response

DOUBTFUL_ANSWERS = 20
"""So many refused requests before any success are taken for a fault of the task, not of its rows."""
GRACE_S = 2.0
"""How long an interrupted run waits for what is in flight."""


class Sink(Protocol):
    """Where responses go. Called in the client's event loop."""

    def keep(self, request: Request, response: Response) -> None:
        """Take a response; must not block."""

    async def wait_for_room(self) -> None:
        """Return once more may be kept."""

    async def close(self) -> None:
        """Return once everything that was kept is safe."""


@dataclass(frozen=True)
class Plan:
    """What a run is to do.

    `invocation_id`: a fatal answer ends all runs that have the same one and use the same endpoint.
    `retries`: of transient failures, per request.
    """

    endpoint: Endpoint
    model_parameters: Mapping[str, Any] = field(default_factory=dict)
    response_format: Mapping[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)
    retries: int = 5
    invocation_id: str | None = None


@dataclass(slots=True)
class Counts:
    """What a run has done so far. Tokens and cost are those of all kept responses."""

    sent: int = 0
    succeeded: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0

    @property
    def answered(self) -> int:
        """Requests that need no further call."""
        return self.succeeded + self.failed


class Run:
    """One run of a plan. `execute` it once, in the client's event loop; `interrupt` it from anywhere.

    Afterwards `stopped` says why it ended early (`limit:<name>`, `throttled`, `fatal`, `interrupted`; None: it did
    not) and `error` holds the reason of the middle two. What was not kept is to be taken as never asked.
    """

    def __init__(self, plan: Plan, source: AsyncIterator[Sequence[Request]], sink: Sink) -> None:
        """Raises `ConfigurationError` where the plan cannot work."""
        self.counts = Counts()
        self.stopped: str | None = None
        self.error: EndpointError | None = None
        self._plan = plan
        self._source = source
        self._sink = sink
        self._body = ChatBody(plan.endpoint, plan.model_parameters, plan.response_format)
        self._budget = Budget(
            plan.limits,
            plan.endpoint,
            constant_bytes=self._body.constant_bytes,
            max_output_tokens=self._body.max_output_tokens,
        )
        self._held: list[tuple[Request, Response]] = []
        self._is_proved = False
        self._failure: BaseException | None = None
        self._caller: Caller | None = None
        self._feeder: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled = asyncio.Event()

    @property
    def call_counts(self) -> CallCounts:
        """The HTTP calls so far."""
        return self._caller.counts if self._caller is not None else CallCounts()

    def interrupt(self) -> None:
        """Send nothing more, wait two seconds for what is in flight, and end. From any thread."""
        transport.event_loop().call_soon_threadsafe(self._interrupt)

    async def execute(self) -> None:
        """Answer everything, or as much as may be.

        Raises what source or sink raised, once everything that came until then has been kept.
        """
        try:
            connection = connections.to(self._plan.endpoint)
            error = connection.gate.given_up(self._plan.invocation_id)
        except FatalEndpointError as missing_key:
            error = missing_key
        if error is not None:
            self._stop("fatal", error)
        else:
            await self._answer_all(connection)
        await self._sink.close()
        if self._failure is not None:
            raise self._failure

    async def _answer_all(self, connection: Connection) -> None:
        caller = Caller(self._plan.endpoint, connection, self._body, self._plan.retries)
        self._caller = caller
        self._feeder = asyncio.create_task(self._feed(connection.gate, caller))
        await asyncio.wait([self._feeder])
        if not self._feeder.cancelled():
            self._fail(self._feeder.exception())
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self.stopped != "fatal":
            self._keep_held()

    async def _feed(self, gate: Gate, caller: Caller) -> None:
        async for requests in self._source:
            await self._sink.wait_for_room()
            for request in requests:
                # A storm of failures must not pile up requests that wait for another try.
                while len(caller.resting) > FIRST_WINDOW:
                    await self._wait_for_change()
                amounts = await self._set_aside(request.prompt)
                if amounts is None:
                    return
                # Most requests need no wait, and so no coroutine.
                if not gate.try_enter():
                    await gate.enter(amounts.tokens)
                error = gate.given_up(self._plan.invocation_id)
                if error is not None:
                    self._stop("fatal", error)
                if self.stopped is not None:
                    gate.leave()
                    return
                self.counts.sent += 1
                task = asyncio.create_task(self._answer(gate, caller, request, amounts))
                self._tasks.add(task)
                task.add_done_callback(self._done)

    async def _set_aside(self, prompt: str) -> Amounts | None:
        """Set aside what a request may use; None where a limit ends the run."""
        while True:
            amounts = self._budget.estimate(prompt)
            limit = self._budget.set_aside(amounts)
            if limit is None:
                return amounts
            if not self._tasks or not self._budget.may_fit_later(amounts):
                self._stop(f"limit:{limit}")
                return None
            await self._wait_for_change()

    async def _answer(self, gate: Gate, caller: Caller, request: Request, amounts: Amounts) -> None:
        try:
            response = await caller.answer(request, amounts.tokens)
        except FatalEndpointError as error:
            gate.give_up(self._plan.invocation_id, error)
            self._stop("fatal", error)
        except ThrottledError as error:
            self._stop("throttled", error)
        else:
            self._settle(amounts, response)
            self._take(request, response)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._settled.set()
        if not task.cancelled():
            self._fail(task.exception())

    async def _wait_for_change(self) -> None:
        self._settled.clear()
        await self._settled.wait()

    def _settle(self, amounts: Amounts, response: Response) -> None:
        if response.input_tokens is not None and response.output_tokens is not None:
            self._budget.settle(amounts, response.input_tokens, response.output_tokens)
        elif response.status == "succeeded" or response.error_class == "timeout":
            self._budget.spend(amounts)
        else:
            self._budget.release(amounts)

    def _take(self, request: Request, response: Response) -> None:
        if self._is_proved:
            self._keep(request, response)
        elif response.error_class == "invalid_request":
            self._held.append((request, response))
            if len(self._held) == DOUBTFUL_ANSWERS:
                self._stop("fatal", self._refused(response))
        else:
            self._keep(request, response)
            if response.status == "succeeded":
                self._is_proved = True
                self._keep_held()

    def _keep_held(self) -> None:
        held, self._held = self._held, []
        for request, response in held:
            self._keep(request, response)

    def _keep(self, request: Request, response: Response) -> None:
        counts = self.counts
        if response.error_class is None:
            counts.succeeded += 1
        else:
            counts.failed += 1
        counts.input_tokens += response.input_tokens or 0
        counts.output_tokens += response.output_tokens or 0
        counts.cost_usd += response.cost_usd or 0.0
        self._sink.keep(request, response)

    def _refused(self, response: Response) -> FatalEndpointError:
        return FatalEndpointError(
            f"endpoint '{self._plan.endpoint.name}' {response.error_message}, as to each of the first"
            f" {DOUBTFUL_ANSWERS} requests",
            "Expected requests that it understands. Correct the task's model_parameters or"
            " response_format, or the endpoint's structured_output, and run again",
        )

    def _stop(self, reason: str, error: EndpointError | None = None) -> None:
        if self.stopped is not None:
            return
        self.stopped, self.error = reason, error
        if self._caller is not None:
            self._caller.stop()
        # The feeder ends by itself where it is the one that stops the run.
        if self._feeder is not None and self._feeder is not asyncio.current_task():
            self._feeder.cancel()

    def _fail(self, failure: BaseException | None) -> None:
        if failure is not None and self._failure is None:
            self._failure = failure
            self._stop("failed")

    def _interrupt(self) -> None:
        self._stop("interrupted")
        asyncio.get_running_loop().call_later(GRACE_S, self._cancel)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

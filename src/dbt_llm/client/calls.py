"""One request with all its calls: sent, tried again where that may help, and turned into a response."""

from __future__ import annotations

import asyncio
import errno
import random
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from .connections import Connection
from .counts import Counts
from .endpoint import Endpoint
from .errors import ThrottledError
from .forms import Form
from .inputs import Asked, Inputs
from .limits import Amounts, Budget
from .outcomes import Kind, Outcome, Response, Trouble, by_status, is_page, is_success, told, unreadable
from .pacing import LONGEST_PAUSE_S, retry_after_s
from .redaction import error_words, token
from .verdicts import Answer, trouble_of

__all__ = ["AT_WORK_S", "BACKOFF_S", "BILLED_RETRIES", "LONGEST_BACKOFF_S", "LONGEST_THROTTLED_S", "Caller"]

BACKOFF_S = 0.5
"""Seconds before the first retry; doubled for each further one."""
LONGEST_BACKOFF_S = 8.0
_USED_UP = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS})
"""No files or ports are left on this machine, which passes as calls end."""
LONGEST_THROTTLED_S = 600.0
"""How long one request may be put off by 429s, in all, from the first one on."""
BILLED_RETRIES = 1
"""How often a call is tried again in one run that gave no answer and may have been billed: a timeout, an empty completion."""
AT_WORK_S = 1.0
"""A connection that is dropped later than this may have been dropped by a server that was at work."""


class Caller:
    """Makes the calls of one run. Used in the client's event loop only."""

    def __init__(
        self, endpoint: Endpoint, connection: Connection, form: Form, retries: int, counts: Counts, budget: Budget
    ) -> None:
        """`retries`: of a transient failure, per request; 429s do not count. `counts`: where calls are counted.

        `budget`: where what they cost is taken from what was set aside for their requests.
        """
        self.resting: set[asyncio.Task[Any]] = set()
        """Tasks that wait for another try, and so have nothing in flight."""
        self._endpoint = endpoint
        self._gate = connection.gate
        self._connection = connection
        self._form = form
        self._retries = retries
        self._counts = counts
        self._budget = budget
        self._is_stopped = False
        self.exhausted: ThrottledError | None = None
        """Why no more is to be sent, though all calls may be answered: a quota lets through one call a pause."""
        self.trouble: str | None = None
        """Why calls are tried again though the endpoint has never answered."""

    def stop(self) -> None:
        """Cancel what waits for another try, now and from now on; calls in flight are let finish."""
        self._is_stopped = True
        for task in list(self.resting):
            task.cancel()

    async def answer(self, request: Asked, amounts: Amounts) -> Answer:
        """Answer one request, for which the gate has been entered and `amounts` set aside; the gate is left in any case.

        Where several were sent and one may be at fault alone, the answer `is_divided`: all is set aside still.
        Raises `CancelledError` where the run has ended and another try would be needed.
        """
        body = request.body() if isinstance(request, Inputs) else self._form.encode(request.prompt)
        began_at = time.monotonic()
        tries = _Tries(self._retries)
        bill = _Bill(self._endpoint, self._budget, amounts)
        is_divided = False
        while True:
            call = await self._call(body, amounts.tokens)
            outcome = call.outcome
            # A key may have been replaced by another while the run goes on.
            if outcome.kind is Kind.FATAL and outcome.fault == "key" and await self._connection.renew_key(call.api_key):
                await self.rest(0.0, amounts.tokens)
                continue
            wait = tries.wait_s(outcome, call.retry_after_s)
            if outcome.trouble is Trouble.UNREACHABLE and self._gate.answered_at < began_at:
                self.trouble = f"{self._form.url} cannot be reached ({self._message(outcome, request)}); trying again"
            if wait is None or not bill.has_room_after(outcome):
                is_divided = self._is_divided(request, outcome, tries)
                if not is_divided or bill.calls:
                    bill.settle(outcome)
                break
            try:
                await self.rest(wait, amounts.tokens)
            except asyncio.CancelledError:
                # The run has ended. What was billed is told all the same.
                if not (self._is_stopped and bill.calls):
                    raise
                bill.give_up()
                break
        is_put_off = tries.put_off_s > 0
        message = None if outcome.kind is Kind.SUCCEEDED else self._message(outcome, request)
        response = self._response(call, message, bill, is_put_off=is_put_off)
        trouble = trouble_of(outcome, is_put_off=is_put_off)
        if isinstance(request, Inputs) and trouble is None:
            request.outcome = outcome
        if is_divided and bill.calls:
            # An earlier call may be billed, which the halves could not tell: a later run divides.
            return Answer(response, outcome, Trouble.BROKEN, True, tries.put_off_s)
        return Answer(response, outcome, trouble, bill.calls > 0, tries.put_off_s, is_divided)

    @staticmethod
    def _is_divided(request: Asked, outcome: Outcome, tries: _Tries) -> bool:
        return isinstance(request, Inputs) and request.is_divisible_after(trouble_of(outcome, is_put_off=tries.put_off_s > 0))

    async def _call(self, body: bytes, tokens: float) -> _Call:
        self._counts.calls += 1
        gate = self._gate
        requested_at, sent_at = time.time(), time.monotonic()
        wait: float | None = None
        api_key = self._connection.api_key
        try:
            answer = await self._connection.session.post(body, self._form.headers(api_key, body))
        # asyncio's own name was an error apart before Python 3.11.
        except (asyncio.TimeoutError, TimeoutError, aiohttp.ClientError, OSError) as error:
            outcome = _unanswered(error, time.monotonic() - sent_at)
            if isinstance(error, OSError) and error.errno in _USED_UP:
                outcome.throttle()
                outcome.trouble = None
                gate.window.throttled(sent_at)
        else:
            gate.answered_at = time.monotonic()
            is_readable = answer.body is not None or not is_success(answer.status)
            outcome = self._form.interpret(answer.status, answer.body) if is_readable else unreadable(answer.content)
            if outcome.message is None and is_page(answer.content):
                outcome.message = "a page of HTML"
            if answer.fault is not None:
                outcome.repeat(answer.fault)
                # A copy tells its usage. What is too large tells none, and was written all the same.
                outcome.is_late = answer.body is None
            if outcome.kind is not Kind.SUCCEEDED:
                wait = retry_after_s(answer.headers)
                if wait is None:
                    wait = outcome.retry_after_s
            if outcome.kind in (Kind.SUCCEEDED, Kind.FAILED) and is_success(answer.status):
                gate.window.succeeded()
            if outcome.kind is Kind.THROTTLED:
                self._counts.throttled += 1
                gate.window.throttled(sent_at)
                # A longer wait ends the run, and is no reason for the next one to be held up.
                if wait is not None and wait <= LONGEST_PAUSE_S:
                    gate.pause(wait)
            if outcome.input_tokens is not None and outcome.output_tokens is not None:
                gate.settle(outcome.input_tokens + outcome.output_tokens - tokens)
            exhausted_s = gate.heed(answer.headers)
            if exhausted_s > LONGEST_THROTTLED_S:
                self.exhausted = ThrottledError(
                    f"endpoint '{self._endpoint.name}' asks to wait for {exhausted_s:,.0f} s in all, one call a pause",
                    f"Expected {LONGEST_THROTTLED_S:.0f} s in all. Run again later, or lower the endpoint's requests_per_minute",
                )
        finally:
            gate.leave()
        latency_ms = round((time.monotonic() - sent_at) * 1000)
        return _Call(outcome, requested_at, time.time(), latency_ms, wait, api_key)

    def _message(self, outcome: Outcome, request: Asked) -> str:
        if outcome.error_class in ("timeout", "connection_error"):
            return outcome.message or "no message"
        words = told(outcome, key=self._connection.api_key, prompt=request.prompt, model_name=self._endpoint.model_name)
        return words if outcome.status in (None, 200) else f"answered {outcome.status} ({words})"

    async def rest(self, seconds: float, tokens: float) -> None:
        """Wait, then enter the gate ahead of others. Raises `CancelledError` where the run ends meanwhile, or has ended."""
        task = asyncio.current_task()
        assert task is not None
        if self._is_stopped:
            raise asyncio.CancelledError
        self.resting.add(task)
        try:
            await asyncio.sleep(seconds)
            await self._gate.enter(tokens, first=True)
        finally:
            self.resting.discard(task)

    def _response(self, call: _Call, message: str | None, bill: _Bill, *, is_put_off: bool) -> Response:
        outcome = call.outcome
        error_class = outcome.error_class
        if message is not None and error_class is None:
            error_class = "throttled" if is_put_off else "provider_error"
        return Response(
            completion=outcome.completion,
            error_class=error_class,
            error_message=message if message is None else message + bill.remark(),
            finish_reason=token(outcome.finish_reason),
            input_tokens=bill.tokens["input_tokens"],
            output_tokens=bill.tokens["output_tokens"],
            cost_usd=bill.cost_usd,
            latency_ms=call.latency_ms,
            response_model=outcome.response_model,
            requested_at=call.requested_at,
            responded_at=call.responded_at,
            cached_input_tokens=bill.tokens["cached_input_tokens"],
            cache_write_tokens=bill.tokens["cache_write_tokens"],
        )


@dataclass(slots=True)
class _Call:
    outcome: Outcome
    requested_at: float
    responded_at: float
    latency_ms: int
    retry_after_s: float | None
    api_key: str | None


class _Tries:
    """How often one request was tried, and for how long."""

    def __init__(self, retries: int) -> None:
        self.put_off_s = 0.0
        """How long 429s have put the request off in the end, or would have; 0: they have not ended it."""
        self._retries = retries
        self._failures = 0
        self._billed = 0
        self._throttles = 0
        self._throttled_at = 0.0

    def wait_s(self, outcome: Outcome, hint_s: float | None) -> float | None:
        """Seconds until the next try, the larger of our backoff and the hint; None: there is none."""
        now = time.monotonic()
        if outcome.kind is Kind.THROTTLED:
            self._throttles += 1
            self._throttled_at = self._throttled_at or now
            wait = max(_backoff_s(self._throttles), hint_s or 0.0)
            # The time that has passed, whatever it was spent on: hints that are too short must come to an end too.
            put_off_s = now + wait - self._throttled_at
            if wait > LONGEST_PAUSE_S or put_off_s > LONGEST_THROTTLED_S:
                self.put_off_s = wait if wait > LONGEST_PAUSE_S else put_off_s
                return None
            return wait
        if outcome.kind not in (Kind.TRANSIENT, Kind.BLANK):
            return None
        self._failures += 1
        self._billed += outcome.may_be_billed
        if self._failures > self._retries or self._billed > BILLED_RETRIES:
            return None
        wait = max(_backoff_s(self._failures), hint_s or 0.0)
        if wait > LONGEST_PAUSE_S:
            self.put_off_s = wait
            return None
        return wait


_USAGE = ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens")


class _Bill:
    """What the calls of one request have come to: what the provider told, and an estimate where it told nothing."""

    def __init__(self, endpoint: Endpoint, budget: Budget, amounts: Amounts) -> None:
        self.calls = 0
        """Those that may have been billed."""
        self.tokens: dict[str, int | None] = dict.fromkeys(_USAGE)
        self._endpoint = endpoint
        self._budget = budget
        self._amounts = amounts
        self._estimated_calls = 0

    def has_room_after(self, outcome: Outcome) -> bool:
        """Take a call that is to be tried again; whether limits and budgets have room for it besides the next one."""
        if not self._is_billed(outcome):
            return True
        used = self._budget.used(self._amounts, *_usage(outcome)) if _tells_usage(outcome) else self._amounts
        if not self._budget.spend_besides(used):
            return False
        self._add(outcome)
        return True

    def give_up(self) -> None:
        """Take no further call, though one was to come."""
        self._budget.release(self._amounts)

    def settle(self, outcome: Outcome) -> None:
        """Take the last call."""
        if _tells_usage(outcome):
            self._budget.settle(self._amounts, *_usage(outcome))
        elif outcome.may_be_billed:
            self._budget.spend(self._amounts)
        else:
            self._budget.release(self._amounts)
        if self._is_billed(outcome):
            self._add(outcome)

    @property
    def cost_usd(self) -> float | None:
        """In USD; None without prices, or where nothing was billed that is known of."""
        told = self._endpoint.cost_usd(*(self.tokens[name] for name in _USAGE))
        if not self._estimated_calls or not self._endpoint.is_priced:
            return told
        return (told or 0.0) + self._estimated_calls * self._amounts.cost_usd

    def remark(self) -> str:
        """What to say of it beside a failure."""
        if not self._estimated_calls:
            return ""
        calls = "a call" if self._estimated_calls == 1 else f"{self._estimated_calls} calls"
        return f"; {calls} that may be billed"

    def _is_billed(self, outcome: Outcome) -> bool:
        return outcome.may_be_billed or _tells_usage(outcome)

    def _add(self, outcome: Outcome) -> None:
        self.calls += 1
        if not _tells_usage(outcome):
            self._estimated_calls += 1
        for name in _USAGE:
            if (count := getattr(outcome, name)) is not None:
                self.tokens[name] = (self.tokens[name] or 0) + count


def _tells_usage(outcome: Outcome) -> bool:
    return outcome.input_tokens is not None and outcome.output_tokens is not None


def _usage(outcome: Outcome) -> tuple[int, int, int, int]:
    return (
        outcome.input_tokens or 0,
        outcome.output_tokens or 0,
        outcome.cached_input_tokens or 0,
        outcome.cache_write_tokens or 0,
    )


def _unanswered(error: BaseException, seconds: float) -> Outcome:
    """What a call comes to that ended without a whole response."""
    outcome = Outcome(Kind.TRANSIENT, "connection_error", error_words(error))
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return by_status(error.status, error_words(error), None)
    if isinstance(error, aiohttp.ConnectionTimeoutError | aiohttp.ClientConnectorError):
        outcome.trouble = Trouble.UNREACHABLE
    # asyncio's own name was an error apart before Python 3.11.
    elif isinstance(error, asyncio.TimeoutError | TimeoutError):
        outcome.error_class, outcome.is_late = "timeout", True
    else:
        outcome.trouble = Trouble.DROPPED
        # A server that closes an idle connection does so at once; after a while, or in the midst of a response, it has worked.
        outcome.is_late = seconds >= AT_WORK_S or isinstance(error, aiohttp.ClientPayloadError)
    return outcome


def _backoff_s(nth: int) -> float:
    """Seconds before the `nth` (from 1) retry: exponential, less up to a quarter at random."""
    longest: float = min(BACKOFF_S * 2.0 ** min(nth - 1, 30), LONGEST_BACKOFF_S)
    return longest * (1 - random.random() / 4)

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
from .errors import FatalEndpointError, ThrottledError
from .forms import Form
from .outcomes import ErrorClass, Kind, Outcome, Request, Response, told
from .pacing import LONGEST_PAUSE_S, retry_after_s
from .redaction import error_words, token

__all__ = ["BACKOFF_S", "LONGEST_BACKOFF_S", "LONGEST_THROTTLED_S", "Caller"]

BACKOFF_S = 0.5
"""Seconds before the first retry; doubled for each further one."""
LONGEST_BACKOFF_S = 8.0
_USED_UP = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS})
"""No files or ports are left on this machine, which passes as calls end."""
LONGEST_THROTTLED_S = 600.0
"""How long the calls of one request may be put off by 429s, in all."""


class Caller:
    """Makes the calls of one run. Used in the client's event loop only."""

    def __init__(self, endpoint: Endpoint, connection: Connection, form: Form, retries: int, counts: Counts) -> None:
        """`retries`: of a transient failure, per request; 429s do not count. `counts`: where calls are counted."""
        self.resting: set[asyncio.Task[Any]] = set()
        """Tasks that wait for another try, and so have nothing in flight."""
        self._endpoint = endpoint
        self._gate = connection.gate
        self._connection = connection
        self._form = form
        self._retries = retries
        self._counts = counts
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

    async def answer(self, request: Request, tokens: float) -> Response:
        """Answer one request, for which the gate has been entered; the gate is left in any case.

        `tokens`: how many it will use, as far as known.
        Raises `FatalEndpointError` or `ThrottledError` where the run has to end, and `CancelledError` where it
        has ended and another try would be needed.
        """
        body = self._form.encode(request.prompt)
        began_at = time.monotonic()
        failures = throttles = 0
        throttled_s = 0.0
        billed: Outcome | None = None
        while True:
            call = await self._call(body, tokens)
            outcome = call.outcome
            # A call that was billed and is tried again is part of what the request costs.
            if billed is not None:
                _add_usage(outcome, billed)
            if outcome.kind is Kind.SUCCEEDED:
                return self._response(call, None)
            if outcome.kind is Kind.FAILED:
                return self._response(call, self._message(outcome, request))
            if outcome.kind is Kind.FATAL:
                # A key may have been replaced by another while the run goes on.
                if outcome.fault == "key" and await self._connection.renew_key(call.api_key):
                    await self._rest(0.0, tokens)
                    continue
                raise self._fatal(outcome, self._message(outcome, request))
            if outcome.kind is Kind.THROTTLED:
                throttles += 1
                wait = call.retry_after_s
                if wait is None:
                    wait = _backoff_s(throttles)
                throttled_s += wait
                if wait > LONGEST_PAUSE_S or throttled_s > LONGEST_THROTTLED_S:
                    raise self._throttled(wait, throttled_s)
            else:
                failures += 1
                if outcome.error_class == "connection_error" and self._gate.answered_at < began_at:
                    self.trouble = f"{self._form.url} cannot be reached ({self._message(outcome, request)}); trying again"
                if failures > self._retries:
                    if outcome.error_class == "connection_error" and self._gate.answered_at < began_at:
                        raise self._unreachable(self._message(outcome, request))
                    return self._response(call, self._message(outcome, request))
                wait = max(_backoff_s(failures), call.retry_after_s or 0.0)
                if wait > LONGEST_PAUSE_S:
                    raise self._throttled(wait, wait)
            billed = outcome if outcome.input_tokens or outcome.output_tokens else None
            await self._rest(wait, tokens)

    async def _call(self, body: bytes, tokens: float) -> _Call:
        self._counts.calls += 1
        gate = self._gate
        requested_at, sent_at = time.time(), time.monotonic()
        wait: float | None = None
        api_key = self._connection.api_key
        try:
            answer = await self._connection.session.post(body, self._form.headers(api_key, body))
        # asyncio's own name was an error apart before Python 3.11.
        except (asyncio.TimeoutError, TimeoutError) as error:
            is_connected = not isinstance(error, aiohttp.ConnectionTimeoutError)
            error_class: ErrorClass = "timeout" if is_connected else "connection_error"
            outcome = Outcome(Kind.TRANSIENT, error_class, error_words(error))
        except (aiohttp.ClientError, OSError) as error:
            outcome = Outcome(Kind.TRANSIENT, "connection_error", error_words(error))
            if isinstance(error, OSError) and error.errno in _USED_UP:
                outcome.throttle()
                gate.window.throttled(sent_at)
        else:
            gate.answered_at = time.monotonic()
            outcome = self._form.interpret(answer.status, answer.body)
            if answer.fault is not None:
                outcome.repeat(answer.fault)
            elif answer.status != 200:
                wait = retry_after_s(answer.headers)
                if wait is None:
                    wait = outcome.retry_after_s
            elif outcome.kind is not Kind.THROTTLED:
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
                self.exhausted = self._throttled(exhausted_s, exhausted_s)
        finally:
            gate.leave()
        latency_ms = round((time.monotonic() - sent_at) * 1000)
        return _Call(outcome, requested_at, time.time(), latency_ms, wait, api_key)

    def _message(self, outcome: Outcome, request: Request) -> str:
        if outcome.error_class in ("timeout", "connection_error"):
            return outcome.message or "no message"
        words = told(outcome, key=self._connection.api_key, prompt=request.prompt, model_name=self._endpoint.model_name)
        return words if outcome.status in (None, 200) else f"answered {outcome.status} ({words})"

    async def _rest(self, seconds: float, tokens: float) -> None:
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

    def _response(self, call: _Call, message: str | None) -> Response:
        outcome = call.outcome
        return Response(
            completion=outcome.completion,
            error_class=outcome.error_class,
            error_message=message,
            finish_reason=token(outcome.finish_reason),
            input_tokens=outcome.input_tokens,
            output_tokens=outcome.output_tokens,
            cost_usd=self._endpoint.cost_usd(
                outcome.input_tokens, outcome.output_tokens, outcome.cached_input_tokens, outcome.cache_write_tokens
            ),
            latency_ms=call.latency_ms,
            response_model=outcome.response_model,
            requested_at=call.requested_at,
            responded_at=call.responded_at,
            cached_input_tokens=outcome.cached_input_tokens,
            cache_write_tokens=outcome.cache_write_tokens,
        )

    def _fatal(self, outcome: Outcome, message: str) -> FatalEndpointError:
        endpoint = self._endpoint
        fault = f"endpoint '{endpoint.name}' {message}"
        if outcome.fault == "key":
            if endpoint.api_key_env is None and endpoint.provider == "bedrock":
                remedy = (
                    f"Expected AWS credentials that may invoke '{endpoint.model_name}' in {endpoint.region}."
                    " Check them and the access to the model, and run again"
                )
            elif endpoint.api_key_env is None:
                remedy = (
                    "Expected it to need no key. Name the environment variable that holds the key"
                    " as the endpoint's api_key_env and run again"
                )
            else:
                remedy = f"Expected a valid key in the environment variable '{endpoint.api_key_env}'. Set it and run again"
        elif outcome.fault == "credit":
            remedy = "Expected an account with credit. Add some at the provider and run again"
        else:
            remedy = (
                f"Expected the model '{endpoint.model_name}' at '{self._form.url}', which was called."
                " Correct the endpoint's model_name or base_url and run again"
            )
        return FatalEndpointError(fault, remedy)

    def _unreachable(self, message: str) -> FatalEndpointError:
        return FatalEndpointError(
            f"endpoint '{self._endpoint.name}' is unreachable ({message})",
            f"Expected a server at '{self._form.url}', which was called. Start it, or correct base_url, and run again",
        )

    def _throttled(self, wait: float, throttled_s: float) -> ThrottledError:
        waited = f"{wait:,.0f} s" if wait > LONGEST_PAUSE_S else f"{throttled_s:,.0f} s in all"
        return ThrottledError(
            f"endpoint '{self._endpoint.name}' asks to wait for {waited}",
            f"Expected {LONGEST_PAUSE_S:.0f} s at most, and {LONGEST_THROTTLED_S:.0f} s in all."
            " Run again later, or lower the endpoint's requests_per_minute",
        )


@dataclass(slots=True)
class _Call:
    outcome: Outcome
    requested_at: float
    responded_at: float
    latency_ms: int
    retry_after_s: float | None
    api_key: str | None


def _add_usage(outcome: Outcome, billed: Outcome) -> None:
    for name in ("input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens"):
        counts = getattr(outcome, name), getattr(billed, name)
        if counts != (None, None):
            setattr(outcome, name, sum(count or 0 for count in counts))


def _backoff_s(nth: int) -> float:
    """Seconds before the `nth` (from 1) retry: exponential, less up to a quarter at random."""
    longest: float = min(BACKOFF_S * 2.0 ** min(nth - 1, 30), LONGEST_BACKOFF_S)
    return longest * (1 - random.random() / 4)

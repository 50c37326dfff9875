"""What all tasks on one endpoint share: its window, its rates, its pauses, and whether it is given up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from .endpoint import Endpoint
from .errors import FatalEndpointError
from .headers import exhausted_s
from .pacing import TokenBucket, Window

LONGEST_PAUSE_S = 120.0


class Gate:
    """One per endpoint and process. Used by the client's event loop only."""

    def __init__(self, endpoint: Endpoint) -> None:
        """An open gate with the endpoint's rates."""
        requests, tokens = endpoint.requests_per_minute, endpoint.tokens_per_minute
        self.window = Window(int(endpoint.max_in_flight))
        self.answered_at = 0.0
        """The (monotonic) time of the last response of any status; 0 before the first."""
        self._requests = TokenBucket(requests) if requests is not None else None
        self._tokens = TokenBucket(tokens) if tokens is not None else None
        self._is_paced = requests is not None or tokens is not None
        self._paused_until = 0.0
        self._given_up: tuple[str, FatalEndpointError] | None = None

    def try_enter(self) -> bool:
        """Enter if that needs no wait of any kind."""
        if self._is_paced or self._paused_until > time.monotonic():
            return False
        return self.window.try_enter()

    async def enter(self, tokens: float, *, first: bool = False) -> None:
        """Wait for a place in the window, then for pauses and rates.

        `tokens`: how many the call will use, as far as known. `first`: ahead of those who wait.
        Every `enter` needs a `leave`, unless it raises.
        """
        await self.window.enter(first=first)
        try:
            while True:
                await _sleep_until(self._paused_until)
                await _sleep_until(self._take(tokens))
                if self._paused_until <= time.monotonic():
                    return
                # A pause came first. Give back, so that after it the rates hold for all who wait.
                self._give_back(tokens)
        except BaseException:
            self.window.leave()
            raise

    def leave(self) -> None:
        """End a call."""
        self.window.leave()

    def settle(self, tokens: float) -> None:
        """Correct the tokens of a call by the difference of what it used and what was taken for it."""
        if self._tokens is not None:
            self._tokens.settle(tokens)

    def pause(self, seconds: float) -> None:
        """Send nothing more to this endpoint for so long, 120 seconds at most."""
        until = time.monotonic() + min(seconds, LONGEST_PAUSE_S)
        self._paused_until = max(self._paused_until, until)

    def heed(self, headers: Mapping[str, str]) -> None:
        """Pause where the headers say that a rate limit is used up."""
        wait = exhausted_s(headers)
        if wait is not None:
            self.pause(wait)

    def give_up(self, invocation_id: str | None, error: FatalEndpointError) -> None:
        """Remember for the rest of this invocation, if it is one, that the endpoint answers nothing."""
        if invocation_id is not None:
            self._given_up = (invocation_id, error)

    def given_up(self, invocation_id: str | None) -> FatalEndpointError | None:
        """Why this invocation has given the endpoint up, if it has."""
        if self._given_up is not None and self._given_up[0] == invocation_id:
            return self._given_up[1]
        return None

    def _take(self, tokens: float) -> float:
        now = time.monotonic()
        ready_at = now
        if self._requests is not None:
            ready_at = self._requests.take(1, now)
        if self._tokens is not None:
            ready_at = max(ready_at, self._tokens.take(tokens, now))
        return ready_at

    def _give_back(self, tokens: float) -> None:
        if self._requests is not None:
            self._requests.settle(-1)
        if self._tokens is not None:
            self._tokens.settle(-tokens)


async def _sleep_until(at: float) -> None:
    while (wait := at - time.monotonic()) > 0:
        await asyncio.sleep(wait)

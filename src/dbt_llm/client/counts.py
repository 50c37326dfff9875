"""What is counted of a run, in one kind of object that is carried from the first call to the outcome."""

from __future__ import annotations

from dataclasses import dataclass, fields

from .outcomes import Response

__all__ = ["Counts"]


@dataclass
class Counts:
    """What a run has done so far. Tokens and cost are those of all kept responses.

    `requests`: how many distinct ones there were; `elsewhere`: those of them that are another task's; `settled`: those
    that need nothing more of this run, being answered or in a batch job. `sent` counts requests, `calls` HTTP calls, and
    `throttled` those that were answered 429. `cost_usd` is None without prices.
    """

    requests: int = 0
    elsewhere: int = 0
    settled: int = 0
    sent: int = 0
    calls: int = 0
    throttled: int = 0
    succeeded: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cost_usd: float | None = None

    @property
    def left(self) -> int:
        """Requests that stay pending."""
        return self.requests - self.elsewhere - self.settled

    @property
    def answered(self) -> int:
        """Responses that are kept."""
        return self.succeeded + self.failed

    @property
    def tokens(self) -> int:
        """Input and output tokens."""
        return self.input_tokens + self.output_tokens

    def add_response(self, response: Response) -> None:
        """Count a response that is kept."""
        self._count(response, 1)

    def take_back(self, response: Response) -> None:
        """Count a response no more."""
        self._count(response, -1)

    def _count(self, response: Response, sign: int) -> None:
        if response.error_class is None:
            self.succeeded += sign
        else:
            self.failed += sign
        self.input_tokens += sign * (response.input_tokens or 0)
        self.output_tokens += sign * (response.output_tokens or 0)
        self.cached_input_tokens += sign * (response.cached_input_tokens or 0)
        self._add_cost(sign * (response.cost_usd or 0.0))

    def add(self, other: Counts) -> None:
        """Count what another has counted too."""
        for field in fields(Counts):
            if field.name != "cost_usd":
                setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        self._add_cost(other.cost_usd)

    def _add_cost(self, cost_usd: float | None) -> None:
        if self.cost_usd is not None:
            self.cost_usd += cost_usd or 0.0

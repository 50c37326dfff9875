"""How the Batch APIs misbehave: chosen per test, the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

CallFault = Literal[
    "throttle",
    "refuse",
    "not_found",
    "error",
    "drop",
    "timeout",
    "error_after",
    "drop_after",
    "timeout_after",
    "cut",
]
"""What a call to a Batch API meets.

`throttle`, `refuse`, `not_found`, `error`: it is answered 429, 400, 404, 500 and nothing is done. `drop`: the connection
is closed and nothing is done; `timeout`: so after `timeout_s`. `…_after`: the same, but what was asked for *is* done.
`cut`: half of a results file, then the connection is closed.
"""

CallFaults = CallFault | Sequence[CallFault | None] | None
"""The fault of every call of an operation, or those of its first calls, one by one (None: that call goes well)."""

Operation = Literal["upload", "create", "retrieve", "list", "results", "cancel"]

End = Literal["completed", "partial", "all_failed", "failed", "token_limit", "expired", "cancelled", "stuck"]
"""How a job ends.

`completed`: every row was tried. `all_failed`: so, and every row failed, so that there is no output file where failures
have a file of their own. `partial`: like `expired`, in a state of its own where the provider has one (Gemini).
`failed`: as a whole, by its validation; `token_limit`: as a whole, as too many tokens were enqueued. (On Anthropic, where
no job fails as a whole, both are errors of every row.) `expired` and `cancelled`: after `answered_share` of its rows.
`stuck`: never.
"""

_WRITES: tuple[Operation, ...] = ("upload", "create", "cancel")


@dataclass(frozen=True)
class BatchFaults:
    """How a server's Batch APIs misbehave.

    Faults of calls are those in force when the call comes, those of a job's end and results those in force when it ends.
    Which rows and lines are hit depends only on the seed and the custom id.
    """

    upload: CallFaults = None
    create: CallFaults = None
    retrieve: CallFaults = None
    list: CallFaults = None
    results: CallFaults = None
    cancel: CallFaults = None
    timeout_s: float = 60.0
    retry_after: str | None = None
    not_found_first_n: int = 0
    """The first n calls for each job's state or results are answered 404."""
    list_lag: int = 0
    """The first n lists after a job's creation do not show it. Further pages of a list are no lists of their own."""

    end: End = "completed"
    answered_share: float = 0.5
    """The share of rows answered, and charged, before a job is `partial`, `expired` or `cancelled`."""
    enqueued_token_limit: int | None = None
    """A job ends by `token_limit` where its prompts' tokens, with those of the model's open jobs, are more."""
    max_requests: int | None = None
    """A job with more requests fails, or is refused. None: the provider's own limit."""
    max_bytes: int | None = None
    """So for the bytes of its input. None: the provider's own limit."""

    row_errors: Mapping[int, float] = field(default_factory=dict)
    """Shares of rows that fail, by the status that they fail with."""
    missing: float = 0.0
    """The share of rows that were answered, and charged, but have no result line."""
    duplicated: float = 0.0
    """The share of result lines that are there twice."""
    malformed: float = 0.0
    """The share of result lines that are cut short, so that they are no JSON."""
    reordered: bool = False
    """Result lines come in another order than the requests."""
    seed: int = 0

    def __post_init__(self) -> None:
        for operation in get_args(Operation):
            given = getattr(self, operation)
            for fault in [given] if given is None or isinstance(given, str) else given:
                allowed = [
                    name
                    for name in get_args(CallFault)
                    if (operation in _WRITES or not name.endswith("_after")) and (operation == "results" or name != "cut")
                ]
                if fault is not None and fault not in allowed:
                    raise ValueError(f"BatchFaults.{operation}: expected one of {allowed}; got {fault!r}.")
        if self.end not in get_args(End):
            raise ValueError(f"BatchFaults.end: expected one of {list(get_args(End))}; got {self.end!r}.")
        shares = {"answered_share": self.answered_share, "row_errors": sum(self.row_errors.values())}
        shares["lines"] = self.missing + self.duplicated + self.malformed
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"BatchFaults.{name}: a share lies between 0 and 1; got {share!r}.")

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> BatchFaults:
        """The faults that a JSON object names; raises `ValueError` where it names another."""
        known = [one.name for one in fields(cls)]
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise ValueError(f"BatchFaults has no {unknown[0]!r}. It has {known}.")
        values = dict(given)
        if "row_errors" in values:
            values["row_errors"] = {int(status): share for status, share in values["row_errors"].items()}
        return cls(**values)

    def of_call(self, operation: Operation, nth: int) -> CallFault | None:
        """What the `nth` call (from 1) of an operation meets."""
        given: CallFaults = getattr(self, operation)
        if given is None or isinstance(given, str):
            return given
        return given[nth - 1] if nth <= len(given) else None

    def row_error(self, custom_id: str) -> int | None:
        """The status that a row fails with."""
        draw = self._draw("row", custom_id)
        for status, share in self.row_errors.items():
            draw -= share
            if draw < 0:
                return status
        return None

    def lines(self, custom_id: str, line: bytes) -> Sequence[bytes]:
        """What becomes of a row's result line, which ends with a line break."""
        draw = self._draw("line", custom_id)
        if draw < self.missing:
            return []
        if draw < self.missing + self.duplicated:
            return [line, line]
        if draw < self.missing + self.duplicated + self.malformed:
            return [line[: len(line) // 2] + b"\n"]
        return [line]

    def _draw(self, what: str, custom_id: str) -> float:
        text = f"{self.seed}\n{what}\n{custom_id}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") / 2**64

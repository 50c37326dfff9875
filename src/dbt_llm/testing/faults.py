"""Which calls go wrong, and how: seeded, and the same in every run; and what that does to a good completion."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .chat import ChatRequest, Reply

Rate = float | Sequence[float]
"""A share of calls, or one share for each time that a prompt is seen and none after those.

`0.2` is one call in five; `[1, 1]` the first two calls of every prompt; `[0, 1]` its second;
`[0.04]` one prompt in 25, the first time only.
"""

Kind = Literal[
    "throttle",
    "error",
    "timeout",
    "drop",
    "malformed_body",
    "malformed_json",
    "off_schema",
    "truncated",
    "refusal",
    "content_filter",
]

_KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Chosen:
    """What one call meets: a fault or none, and how long it waits."""

    kind: Kind | None = None
    delay_s: float = 0.0


@dataclass(frozen=True)
class Faults:
    """How a server misbehaves.

    A call meets at most one of the faults below, so their shares add up. What it meets depends only
    on the seed, the prompt, and how many times the prompt has been seen.
    """

    throttle: Rate = 0.0
    """429, with `retry_after` where that is given: in the header, or where the provider's form says it."""
    error: Rate = 0.0
    """`error_status`."""
    timeout: Rate = 0.0
    """Nothing for `timeout_s` seconds, then the connection is closed."""
    drop: Rate = 0.0
    """The connection is closed without an answer."""
    malformed_body: Rate = 0.0
    """200 with a page of HTML."""
    malformed_json: Rate = 0.0
    """A completion that is not JSON."""
    off_schema: Rate = 0.0
    """A completion that is JSON, with one value that the response format forbids."""
    truncated: Rate = 0.0
    """Half of a completion, with the finish reason `length`."""
    refusal: Rate = 0.0
    """No completion, but a refusal."""
    content_filter: Rate = 0.0
    """No completion, as a filter stopped it."""
    slow: Rate = 0.0
    """`slow_s` seconds more; on top of any fault."""

    retry_after: str | None = None
    error_status: int = 500
    timeout_s: float = 60.0
    slow_s: float = 1.0
    latency_s: float = 0.0
    status_always: int | None = None
    """Every call is answered with this status."""
    code: str | None = None
    """The error code in the body of `status_always`."""
    fail_first_n: int = 0
    """The first n calls of each prompt meet `error`."""
    only_until: int | None = None
    """From its call n + 1 on, a prompt meets no fault."""
    seed: int = 0

    def __post_init__(self) -> None:
        for name in (*_KINDS, "slow"):
            rate: Rate = getattr(self, name)
            shares = rate if isinstance(rate, Sequence) else [rate]
            if not all(0 <= share <= 1 for share in shares):
                raise ValueError(f"Faults.{name}: a share lies between 0 and 1; got {rate!r}.")

    def choose(self, prompt: str, nth: int) -> Chosen:
        """What the `nth` call (from 1) of a prompt meets."""
        rates = self._rates(nth)
        if not rates:
            return Chosen(None, self.latency_s)
        text = f"{self.seed}\n{nth}\n{prompt}".encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(text).digest()
        draw, slow_draw = (int.from_bytes(digest[at : at + 8], "big") / 2**64 for at in (0, 8))
        delay_s = self.latency_s + (self.slow_s if slow_draw < rates.pop("slow", 0.0) else 0.0)
        for kind in _KINDS:
            draw -= rates.get(kind, 0.0)
            if draw < 0:
                return Chosen(kind, delay_s)
        return Chosen(None, delay_s)

    def _rates(self, nth: int) -> dict[str, float]:
        if self.only_until is not None and nth > self.only_until:
            return {}
        if nth <= self.fail_first_n:
            return {"error": 1.0}
        rates = {name: _share(getattr(self, name), nth) for name in (*_KINDS, "slow")}
        return {name: rate for name, rate in rates.items() if rate}


def _share(rate: Rate, nth: int) -> float:
    if isinstance(rate, Sequence):
        return rate[nth - 1] if nth <= len(rate) else 0.0
    return rate


def spoil(reply: Reply, kind: Kind, request: ChatRequest) -> Reply:
    """Return the reply as the fault leaves it."""
    text = reply.text or ""
    if kind == "malformed_json":
        return Reply(_malformed(text))
    if kind == "off_schema":
        return Reply(_off_schema(text, request))
    if kind == "truncated":
        return Reply(text[: len(text) // 2], finish_reason="length")
    if kind == "refusal":
        return Reply(None, refusal="I'm sorry, but I can't help with that request.")
    if kind == "content_filter":
        return Reply(None, finish_reason="content_filter")
    return reply


def _malformed(text: str) -> str:
    cut = text[:-1]
    try:
        json.loads(cut)
    except ValueError:
        return cut
    return "{" + cut


def _off_schema(text: str, request: ChatRequest) -> str:
    try:
        completion = json.loads(text)
    except ValueError:
        return text
    if not isinstance(completion, dict):
        return json.dumps({"unexpected": completion})
    schema = request.json_schema or {}
    spoilt: dict[str, Any] = {}
    for name, part in schema.get("properties", {}).items():
        if "maximum" in part:
            spoilt[name] = part["maximum"] + 0.7
        elif "enum" in part:
            spoilt[name] = "none of these"
        elif "enum" in part.get("items", {}):
            spoilt[name] = ["none of these"]
    if spoilt:
        draw = hashlib.sha256(request.prompt.encode("utf-8", "surrogatepass")).digest()[0]
        name = sorted(spoilt)[draw % len(spoilt)]
        return json.dumps({**completion, name: spoilt[name]}, ensure_ascii=False)
    # Without a bound or an enumeration, a missing property is what every schema forbids.
    return json.dumps(dict(list(completion.items())[1:]), ensure_ascii=False)

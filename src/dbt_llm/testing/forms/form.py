"""What differs between the providers' forms of a live call."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from ..chat import ChatRequest, Reply, Usage
from ..prefix_cache import PrefixCache


@dataclass(frozen=True)
class Failure:
    """An error as a provider's form words it: the body, and the headers that say something too."""

    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exchange:
    """All that a response with status 200 is made of. `model`: the name of the one that served."""

    request: ChatRequest
    reply: Reply
    usage: Usage
    response_id: str
    model: str


class Form(Protocol):
    """The form of one provider's calls, of which a server has one for all its calls."""

    name: str
    id_prefix: str
    """What the ids of its responses begin with."""

    def missing(self, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """The status and the message of a call that lacks a header without which the provider answers none."""

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:
        """Read a request. `model` is that of the URL, where the URL names one. Raises `BadRequestError`."""

    def cached(self, request: ChatRequest, cache: PrefixCache, arrived_at: float) -> tuple[int, int]:
        """The request's tokens (read from, written to) the prompt cache. `arrived_at`: of `time.monotonic`."""

    def response(self, exchange: Exchange) -> dict[str, Any]:
        """The body of a response with status 200."""

    def failure(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> Failure:
        """An error. `code` overrules what the status implies; `retry_after` is as in the HTTP header of that name."""


def retry_header(retry_after: str | None) -> dict[str, str]:
    """The header by which most providers say when to come again."""
    return {} if retry_after is None else {"Retry-After": retry_after}


def seconds_of(retry_after: str) -> int:
    """The seconds that a `Retry-After` asks to wait, be it a number or a date."""
    try:
        return math.ceil(float(retry_after))
    except ValueError:
        return max(0, math.ceil(parsedate_to_datetime(retry_after).timestamp() - time.time()))

"""What differs between the providers' forms of a live call, and a prompt cache as simple as a test can foresee."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from ..chat import ChatRequest, Reply, Usage, text_of, tokens


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


_STEP_TOKENS = 128
_BYTES_PER_TOKEN = 4
_MOST_ENTRIES = 200_000


class PrefixCache:
    """Remembers the beginnings of prompts, per model, until `clear`.

    Marked prefixes (Anthropic's `cache_control`, Bedrock's `cachePoint`): all text up to the last mark is written the
    first time, and read each later time. Else, as OpenAI does without being asked: a prompt reads as many tokens, in
    steps of 128, as its beginning has in common with an earlier prompt. Under `min_tokens` nothing is cached.
    A call reads only what was there when it arrived, so calls that come together for the first time all write.
    """

    def __init__(self, min_tokens: int = 1024) -> None:
        self.min_tokens = min_tokens
        self._seen: dict[bytes, float] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._seen.clear()

    def marked(self, model: str, prefix: str, arrived_at: float) -> tuple[int, int]:
        """Tokens (read, written) of a prompt whose marked prefix is this text. `arrived_at`: of `time.monotonic`."""
        count = tokens(prefix)
        if not prefix or count < self.min_tokens:
            return 0, 0
        return (count, 0) if self._was_seen(_digest(model, _bytes(prefix)), arrived_at) else (0, count)

    def implicit(self, request: ChatRequest, arrived_at: float) -> int:
        """Tokens read by a prompt without marks."""
        text = _bytes("".join(text_of(message) for message in request.messages))
        shortest = -(-self.min_tokens // _STEP_TOKENS) * _STEP_TOKENS
        read = at = 0
        beginning = hashlib.blake2b(request.model.encode() + b"\n", digest_size=16)
        for count in range(max(shortest, _STEP_TOKENS), len(text) // _BYTES_PER_TOKEN + 1, _STEP_TOKENS):
            beginning.update(text[at : count * _BYTES_PER_TOKEN])
            at = count * _BYTES_PER_TOKEN
            # Each is looked up, so that each is remembered.
            if self._was_seen(beginning.digest(), arrived_at):
                read = count
        return read

    def _was_seen(self, digest: bytes, arrived_at: float) -> bool:
        if len(self._seen) >= _MOST_ENTRIES:
            self._seen.clear()
        return self._seen.setdefault(digest, time.monotonic()) < arrived_at


def _digest(model: str, text: bytes) -> bytes:
    return hashlib.blake2b(model.encode() + b"\n" + text, digest_size=16).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

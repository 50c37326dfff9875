"""What providers' Batch APIs answer, read alike: a refused create, a list that is searched, and lines of results."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ....client.redaction import redact, token
from ..provider import BatchIntent, BatchRejectedError, BatchResult, Discovery

__all__ = [
    "CLOCK_SKEW_S",
    "LABEL",
    "custom_id_of",
    "is_throttled",
    "job_name",
    "lines",
    "newest",
    "openai_result",
    "refusal",
    "results",
    "said",
    "since",
    "unanswered",
    "unreadable",
]

# Not 408, 409 or 5xx, nor anything unheard of: those may come from a proxy, or after the job was made.
_REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 411, 413, 414, 415, 422, 429, 431})

# 429 too, and yet no wait helps.
_NO_CREDIT = frozenset({"billing_hard_limit_reached", "billing_not_active", "insufficient_quota"})

_ENQUEUED = frozenset({"rate_limit_exceeded", "token_limit_exceeded", "too_many_tasks"})


def is_throttled(status: int | None, code: str | None) -> bool:
    """Whether the same may be accepted later. `status`: HTTP; `code`: the provider's own, where it has one."""
    return code in _ENQUEUED or (status == 429 and code not in _NO_CREDIT)


def refusal(status: int, message: object, code: str | None = None, *, key: str | None) -> BatchRejectedError | None:
    """The error for an answer that is certainly a refusal; None where the answer tells nothing.

    `key`: the API key, which some providers repeat in their messages.
    """
    if status not in _REFUSALS:
        return None
    text = said(message, code, key=key)
    return BatchRejectedError(f"{text} (status {status})", is_throttled=is_throttled(status, code))


def said(message: object, code: str | None = None, *, key: str | None) -> str:
    """The provider's words, as far as they may be shown, as one short line behind its code."""
    text = redact(message if isinstance(message, str) else None, key=key, prompt="")
    code = token(code)
    return f"{code}: {text}" if code and not text.startswith(code) else text


LABEL = "dbt_llm_batch_key"
"""The key under which a job's metadata hold the batch key, where jobs have metadata."""

CLOCK_SKEW_S = 3600.0
"""How far this machine's clock may be ahead of the provider's. Too little costs a batch, too much a few pages."""


def job_name(intent: BatchIntent) -> str:
    """The label of a job where it can have but a name."""
    return f"dbt-llm-{intent.batch_key}"


def since(intent: BatchIntent) -> float:
    """No job of the intent was created before this time, in the provider's seconds since the epoch."""
    return intent.created_at - CLOCK_SKEW_S


def newest(candidates: Iterable[tuple[float, str]]) -> str | Discovery:
    """The id of the candidate (seconds since the epoch, id) that was created last; absent where there is none."""
    found = sorted(candidates)
    return found[-1][1] if found else Discovery.ABSENT


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in a stream of bytes, without blank ones.

    Split at line feeds only: the readers of HTTP clients split at U+2028 too, which may stand in a JSON text as it is.
    """
    parts: list[bytes] = []
    for chunk in chunks:
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            line = b"".join([*parts, piece])
            parts.clear()
            if line.strip():
                yield line
        if rest:
            parts.append(rest)
    line = b"".join(parts)
    if line.strip():
        yield line


def results(chunks: Iterable[bytes], result: Callable[[dict[str, Any]], BatchResult]) -> Iterator[BatchResult]:
    """The results in a stream of JSONL; `result` reads the object of a line."""
    for number, line in enumerate(lines(chunks), start=1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            yield unreadable(f"line {number} of the results is no JSON ({len(line)} bytes)")
            continue
        if isinstance(row, dict):
            yield result(row)
        else:
            yield unreadable(f"line {number} of the results is no JSON object")


def unreadable(message: str) -> BatchResult:
    """A line of which it cannot be said whose it is."""
    return BatchResult("", ended="error", message=message)


def unanswered(custom_id: str, ended: str, code: object = None, message: object = None) -> BatchResult:
    """A request without an answer. `code` and `message`: the provider's, if any."""
    words = said(message, token(code), key=None) if isinstance(message, str) and message else token(code)
    return BatchResult(custom_id, ended=ended, message=words or f"batch {ended}")


def custom_id_of(row: dict[str, Any], name: str = "custom_id") -> str | None:
    """The custom id of a line, None where it has none."""
    value = row.get(name)
    return value if isinstance(value, str) and value else None


_ENDED = {"batch_expired": "expired", "batch_cancelled": "cancelled", "batch_canceled": "cancelled"}


def openai_result(row: dict[str, Any]) -> BatchResult:
    """The result in the object of a line, of the output file or of the error file.

    Why a request failed may be said in `error` or, with `error` null, in the body of the response.
    """
    custom_id = custom_id_of(row)
    if custom_id is None:
        return unreadable("a line of the results has no custom_id")
    response, error = row.get("response"), row.get("error")
    if isinstance(response, dict):
        status, body = response.get("status_code"), response.get("body")
        # Seen with a status of 0 and no body: never sent to the model.
        if isinstance(status, int) and status >= 100 and body is not None:
            return BatchResult(custom_id, status=status, body=body)
    if isinstance(error, dict):
        code = error.get("code")
        return unanswered(custom_id, _ENDED.get(str(code), "error"), code, error.get("message"))
    return unanswered(custom_id, "error", None, error if isinstance(error, str) and error else "a result without a body")

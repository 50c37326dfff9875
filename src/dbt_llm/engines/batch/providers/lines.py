"""JSONL as it is streamed: results are read line by line, however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ....client.outcomes import redact
from ..provider import BatchResult


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
    words = [word for word in (code, message) if isinstance(word, str) and word]
    return BatchResult(custom_id, ended=ended, message=redact(": ".join(words) or f"batch {ended}", key=None, prompt=""))


def custom_id_of(row: dict[str, Any], name: str = "custom_id") -> str | None:
    """The custom id of a line, None where it has none."""
    value = row.get(name)
    return value if isinstance(value, str) and value else None

"""What every test of a provider's Batch API needs: an intent, its file, and what reading results comes to."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbt_llm.engines.batch.provider import BatchIntent, BatchProvider, BatchRejectedError, BatchResult
from tests.support.loopback import Answer, Asked, Loopback

BATCH_KEY = "0123456789abcdef0123456789abcdef"
NOW = time.time()
BODY: dict[str, Any] = {"model": "tiny", "messages": [{"role": "user", "content": "größer\n\u2028?"}]}


def request_key(number: int) -> str:
    """A request key: 64 hex digits."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def intent(**more: Any) -> BatchIntent:
    """An intent of two requests, written down now."""
    return BatchIntent(**{"batch_key": BATCH_KEY, "created_at": NOW, "requests": 2, **more})


def input_file(provider: BatchProvider, folder: Path, requests: int = 2) -> Path:
    """The input file of so many requests."""
    path = folder / "input.jsonl"
    body = json.dumps(BODY, ensure_ascii=False).encode()
    path.write_bytes(b"".join(provider.line(provider.custom_id(BATCH_KEY, request_key(n)), body) for n in range(requests)))
    return path


def jsonl(*rows: Any) -> bytes:
    """JSONL; a row of bytes stays as it is."""
    lines = [row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() for row in rows]
    return b"\n".join(lines) + b"\n"


def collect(provider: BatchProvider, batch_id: str) -> list[BatchResult]:
    """All results of a job."""
    return list(provider.results(batch_id, provider.status(batch_id)))


def check_create(server: Loopback, provider: BatchProvider, file: Path, path_end: str, outcome: str, **more: Any) -> None:
    """A create asks once, and its failure is a refusal, a throttled one, or tells nothing."""
    before = len(server.calls("POST", path_end))
    with pytest.raises(Exception) as caught:  # noqa: PT011
        provider.create(intent(**more), file)
    assert len(server.calls("POST", path_end)) == before + 1
    kind = "unknown"
    if isinstance(caught.value, BatchRejectedError):
        kind = "throttled" if caught.value.is_throttled else "refused"
    assert kind == outcome, caught.value


def held_back(first: bytes, rest: bytes, release: Any) -> Iterator[bytes]:
    """Results of which the rest is sent only once somebody has read the first."""
    yield first
    assert release.wait(10), "the first result was not read before the last was sent"
    yield rest


__all__ = [
    "BATCH_KEY",
    "BODY",
    "NOW",
    "Answer",
    "Asked",
    "Loopback",
    "check_create",
    "collect",
    "held_back",
    "input_file",
    "intent",
    "jsonl",
    "request_key",
]

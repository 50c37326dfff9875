"""Rows as JSON texts, for warehouses that take one parameter with all rows of an insert."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

__all__ = ["json_row", "texts_in_parts"]


def json_row(row: Mapping[str, Any]) -> str:
    """A row as a JSON object, without its NULLs: whether a cast makes NULL of JSON's null would be one more thing to know."""
    return json.dumps({name: _json(value) for name, value in row.items() if value is not None}, default=_utc)


def texts_in_parts(texts: Sequence[str], largest: int) -> Iterator[list[str]]:
    """The texts in lists of at most so many bytes, their commas counted; a longer text is alone."""
    part: list[str] = []
    size = 0
    for text in texts:
        length = len(text.encode()) + 1
        if part and size + length > largest:
            yield part
            part, size = [], 0
        part.append(text)
        size += length
    if part:
        yield part


def _json(value: Any) -> Any:
    """What JSON has no number for, as its name: every platform casts that."""
    return [item if math.isfinite(item) else "NaN" for item in value] if isinstance(value, list) else value


def _utc(value: datetime) -> str:
    # The tables' timestamps are in UTC, and where they have no zone this is what is meant.
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat(sep=" ")

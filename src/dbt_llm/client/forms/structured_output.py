"""How a response format reaches a language model: as a schema that constrains it, or as words that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .request_body import to_json
from .strict_schema import plain

_INSTRUCTION = (
    "Reply with one JSON object and nothing else: no prose, no code fence. The object must conform to this JSON Schema:\n"
)


def instruction(response_format: Mapping[str, Any]) -> str:
    """The words that ask for a response format, for a system message."""
    return _INSTRUCTION + to_json(plain(response_format))

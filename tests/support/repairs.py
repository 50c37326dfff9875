"""Answers that validation refuses, until they are complained of."""

from __future__ import annotations

import json
from typing import Any

from dbt_llm.testing import ChatRequest
from tests.support.project import PII

GOOD = json.dumps({"has_pii": True, "pii_types": ["email"], "confidence": 0.5})
BAD = [
    "Sure! Here is the JSON",
    '{"has_pii": true, "pii_types": []}',
    '{"has_pii": "yes", "pii_types": [], "confidence": 1}',
    '{"has_pii": true, "pii_types": ["fax"], "confidence": 1}',
    '{"has_pii": true, "pii_types": ["email"], "confidence": 3}',
]
REPAIRING: dict[str, Any] = {**PII, "repair": 1}


def insists(request: ChatRequest) -> str:
    """`message 0` to `message 4` get a bad answer, each another one."""
    at = int(request.prompt.split("message ")[1].split("<")[0])
    return BAD[at] if at < len(BAD) else GOOD


def mends(request: ChatRequest) -> str:
    """The same, but a good one where the prompt complains of an earlier answer."""
    return GOOD if "<complaint>" in request.prompt else insists(request)

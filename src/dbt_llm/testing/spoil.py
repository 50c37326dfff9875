"""What the faults do to a good completion."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .chat import ChatRequest, Reply
from .faults import Kind


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

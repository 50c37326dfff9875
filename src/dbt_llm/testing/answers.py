"""Ready answer functions for the stand-in server."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable
from typing import Any

from .chat import ChatRequest, Reply

Answer = Callable[[ChatRequest], str | Reply]

_WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "jetty"]


def echo(request: ChatRequest) -> str:
    """Answer `{"echo": <the prompt>}`."""
    return json.dumps({"echo": request.prompt}, ensure_ascii=False)


def constant(text: str) -> Answer:
    """Return a function that answers every prompt with the same text."""
    return lambda _request: text


def from_schema(request: ChatRequest) -> str | Reply:
    """Answer a value that the request's JSON schema allows; the same prompt gets the same value."""
    schema = request.json_schema
    if schema is None:
        return Reply("from_schema needs a response_format of type json_schema.", status=400)
    seed = hashlib.sha256(request.prompt.encode("utf-8", "surrogatepass")).digest()
    value = _Generator(schema, random.Random(seed)).value(schema)
    return json.dumps(value, ensure_ascii=False)


class _Generator:
    """Makes pseudo-random values for the part of JSON Schema that response formats use."""

    def __init__(self, root: dict[str, Any], rng: random.Random) -> None:
        self._root = root
        self._rng = rng

    def value(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self.value(self._resolve(schema["$ref"]))
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._one_of(schema["enum"])
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self.value(self._one_of(schema[keyword]))
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = self._one_of(kind)
        make: Callable[[dict[str, Any]], Any] = getattr(self, f"_{kind}")
        return make(schema)

    def _resolve(self, reference: str) -> dict[str, Any]:
        found: Any = self._root
        for name in reference.removeprefix("#").strip("/").split("/"):
            found = found[name] if name else found
        return found if isinstance(found, dict) else {}

    def _one_of(self, choices: list[Any]) -> Any:
        return choices[self._between(0, len(choices) - 1)]

    def _between(self, low: int, high: int) -> int:
        # random() alone is promised to stay the same in later Python versions.
        return low + int(self._rng.random() * (high - low + 1))

    def _null(self, _schema: dict[str, Any]) -> None:
        return None

    def _boolean(self, _schema: dict[str, Any]) -> bool:
        return self._rng.random() < 0.5

    def _integer(self, schema: dict[str, Any]) -> int:
        low = math.ceil(schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1))
        high = math.floor(schema.get("maximum", schema.get("exclusiveMaximum", low + 101) - 1))
        step = schema.get("multipleOf", 1)
        return int(step) * self._between(math.ceil(low / step), math.floor(high / step))

    def _number(self, schema: dict[str, Any]) -> float:
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 1))
        # Rounding to a grid of the range keeps the value short and strictly inside it.
        return float(low + (high - low) * self._between(1, 999) / 1000)

    def _string(self, schema: dict[str, Any]) -> str:
        day = f"20{self._between(20, 29)}-{self._between(1, 12):02}-{self._between(1, 28):02}"
        formats = {"date": day, "date-time": f"{day}T12:00:00Z", "email": "someone@example.com"}
        if schema.get("format") in formats:
            return formats[schema["format"]]
        text = " ".join(self._one_of(_WORDS) for _ in range(self._between(1, 5)))
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        low = schema.get("minItems", 0)
        values: list[Any] = []
        wanted = self._between(low, schema.get("maxItems", low + 3))
        for _ in range(20 * wanted):
            value = self.value(schema.get("items", {}))
            if not schema.get("uniqueItems") or value not in values:
                values.append(value)
            if len(values) == wanted:
                break
        return values

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {name: self.value(part) for name, part in schema.get("properties", {}).items()}

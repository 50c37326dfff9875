"""Where two response formats ask for different things, however each is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..macros import Macros

ANNOTATIONS = ("title", "description", "default", "examples")
"""Sent to the language model, and not validated."""


@dataclass(frozen=True)
class Difference:
    """`path`: `city.zip.pattern`. `expected`, `got`: JSON, or `nothing`."""

    path: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}; got {self.got}"


def differences(expected: Mapping[str, Any], got: Mapping[str, Any], *, annotations: bool = False) -> list[Difference]:
    """Return where two plain response formats, short or full, differ; nothing where they validate alike.

    Alike are a nullable type however it is said, one that is not required and one that may be null as well, `const: x` and
    `enum: [x]`, an enum in any order, an absent `required` and one with all properties. `annotations`: title, description,
    default and examples count too.
    """
    macros = Macros("duckdb", {})
    one, other = (_normal(macros.call("_response_schema", side), annotations) for side in (expected, got))
    return list(_compare(one, other, ""))


def _normal(schema: Mapping[str, Any], annotations: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ANNOTATIONS and not annotations:
            continue
        if key == "properties":
            found[key] = {name: _normal(member, annotations) for name, member in value.items()}
            for name in found[key].keys() - set(schema["required"]):
                # It may be null because it is not required, whether or not it says so.
                found[key][name].pop("nullable", None)
        elif key == "items":
            found[key] = _normal(value, annotations)
        elif key in ("enum", "const"):
            values = value if key == "enum" else [value]
            found["enum"] = sorted((item for item in values if item is not None), key=_text)
        elif key == "required":
            found[key] = sorted(set(value), key=str)
        elif (key, value) not in (("nullable", False), ("additionalProperties", True)):
            found[key] = value
    return found


def _compare(expected: Mapping[str, Any], got: Mapping[str, Any], path: str) -> Iterator[Difference]:
    for key in dict.fromkeys([*expected, *got]):
        here = f"{path}.{key}" if path else str(key)
        one, other = expected.get(key, _NOTHING), got.get(key, _NOTHING)
        if key == "properties" and isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _properties(one, other, path)
        elif key == "items" and isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _compare(one, other, here)
        elif _text(one) != _text(other):
            yield Difference(here, _text(one), _text(other))


def _properties(expected: Mapping[str, Any], got: Mapping[str, Any], path: str) -> Iterator[Difference]:
    for name in dict.fromkeys([*expected, *got]):
        here = f"{path}.{name}" if path else str(name)
        if name in expected and name in got:
            yield from _compare(expected[name], got[name], here)
        else:
            yield Difference(here, _text(expected.get(name, _NOTHING)), _text(got.get(name, _NOTHING)))


_NOTHING = object()


def _text(value: Any) -> str:
    # Text, so that `true` and `1` differ, which Python holds to be equal.
    return "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)

"""JSON Schema for Anthropic's structured outputs, and for those of Bedrock, which take the same subset.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs (2026-11-25): objects are closed, no bounds of
numbers and lengths, at most 24 optional properties and 16 union types in a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

MOST_OPTIONAL = 24
MOST_UNIONS = 16

_KEPT = ("type", "enum", "const", "description", "items", "properties")
_UNSAID = frozenset({*_KEPT, "required", "additionalProperties", "nullable", "title", "examples", "default"})
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"})


class _Room:
    """How many properties may still be left out of `required` although a union could say it."""

    def __init__(self, omissions: int) -> None:
        self.omissions = omissions


def closed(schema: Mapping[str, Any], *, is_limited: bool = True) -> Schema | None:
    """A normalised schema in the subset; None where its limits cannot be kept (`is_limited`: there are any).

    An optional property stays out of `required`. What must be there and may be null is a union. One that is both
    optional and nullable may be either. What the subset lacks is said in the description, and validated afterwards.
    """
    if not is_limited:
        return _closed(schema, _Room(1 << 30))
    only_omitted = sum(1 for is_optional, is_nullable in _members(schema) if is_optional and not is_nullable)
    only_unions = sum(1 for is_optional, is_nullable in _members(schema) if is_nullable and not is_optional)
    either = sum(1 for is_optional, is_nullable in _members(schema) if is_optional and is_nullable)
    omissions = min(either, MOST_OPTIONAL - only_omitted)
    if omissions < 0 or only_unions + either - omissions > MOST_UNIONS:
        return None
    return _closed(schema, _Room(omissions))


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[bool, bool]]:
    """Whether each property, and each array's items, is optional and is nullable; at all levels."""
    children: list[tuple[bool, Mapping[str, Any]]] = [
        (name not in schema.get("required", schema["properties"]), child) for name, child in schema.get("properties", {}).items()
    ]
    if isinstance(schema.get("items"), Mapping):
        children.append((False, schema["items"]))
    for is_optional, child in children:
        yield is_optional, bool(child.get("nullable"))
        yield from _members(child)


def _closed(schema: Mapping[str, Any], room: _Room) -> Schema:
    kept: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    if schema.get("minItems") in (0, 1):
        kept["minItems"] = schema["minItems"]
    lost = [f"{key}: {value}" for key, value in schema.items() if key not in _UNSAID and key not in kept]
    if lost:
        kept["description"] = " ".join([*([kept["description"]] if "description" in kept else []), f"({', '.join(lost)})"])
    if isinstance(schema.get("items"), Mapping):
        kept["items"] = _member(schema["items"], room, is_optional=False)
    if isinstance(schema.get("properties"), Mapping):
        names = schema["properties"]
        required = [name for name in names if name in schema.get("required", names)]
        properties = {}
        for name, child in names.items():
            is_optional = name not in required
            if is_optional and child.get("nullable") and room.omissions == 0:
                required.append(name)
                is_optional = False
            elif is_optional and child.get("nullable"):
                room.omissions -= 1
            properties[name] = _member(child, room, is_optional=is_optional)
        kept.update(properties=properties, required=required, additionalProperties=False)
    return kept


def _member(schema: Mapping[str, Any], room: _Room, *, is_optional: bool) -> Schema:
    """A property or an item. One that may be left out need not be null as well: both become NULL."""
    kept = _closed(schema, room)
    if not schema.get("nullable") or is_optional:
        if isinstance(kept.get("enum"), list):
            kept["enum"] = [value for value in kept["enum"] if value is not None]
        return kept
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if "enum" in kept:
        # The values say their types, null among them.
        kept.pop("type", None)
        kept["enum"] = [*kept["enum"], *([] if None in kept["enum"] else [None])]
        return kept
    if kept.get("type") in ("object", "array"):
        return {"anyOf": [kept, {"type": "null"}]}
    return {**kept, "type": [kept["type"], "null"]}

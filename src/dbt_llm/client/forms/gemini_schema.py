"""JSON Schema for Gemini's `responseJsonSchema`.

Its subset, as https://ai.google.dev/api/generate-content lists it (2026-11-25): types, enums of texts and numbers, bounds of
numbers and arrays, formats, `properties`, `required` and `anyOf`. What it lacks is said in the description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_KEPT = ("type", "title", "description", "minimum", "maximum", "minItems", "maxItems", "required")
_UNSAID = frozenset({*_KEPT, "enum", "const", "items", "properties", "additionalProperties", "nullable", "examples", "default"})
_FORMATS = frozenset({"date-time", "date", "time"})


def gemini_schema(schema: Mapping[str, Any]) -> Schema:
    """A normalised schema in the subset. What may be missing stays out of `required`."""
    kept: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    lost = [f"{key}: {value}" for key, value in schema.items() if key not in _UNSAID and key not in kept]
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        named = [value for value in values if value is not None]
        if any(isinstance(value, bool) for value in named):
            lost.append(f"one of: {named}")
        else:
            kept["enum"] = named
    if lost:
        kept["description"] = " ".join([*([kept["description"]] if "description" in kept else []), f"({', '.join(lost)})"])
    if isinstance(schema.get("items"), Mapping):
        kept["items"] = gemini_schema(schema["items"])
    if isinstance(schema.get("properties"), Mapping):
        kept["properties"] = {name: gemini_schema(child) for name, child in schema["properties"].items()}
        if schema.get("additionalProperties") is False:
            kept["additionalProperties"] = False
    if not schema.get("nullable"):
        return kept
    if "enum" in kept:
        return {"anyOf": [kept, {"type": "null"}]}
    return {**kept, "type": [kept["type"], "null"]}

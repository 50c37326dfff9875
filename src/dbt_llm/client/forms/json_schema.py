"""A response format on its way to a language model: in OpenAI's strict subset of JSON Schema, in the standard, or in words.

Strict mode wants every property required and no other property allowed, so what may be absent becomes
what may be null; and it refuses some keywords. Whatever is lost here is checked in the completion later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .request_body import to_json

Schema = dict[str, Any]

# https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
_REFUSED = frozenset(
    {
        *("minLength", "maxLength", "default", "examples"),
        *("patternProperties", "unevaluatedProperties", "propertyNames"),
        *("minProperties", "maxProperties"),
        *("unevaluatedItems", "contains", "minContains", "maxContains", "uniqueItems"),
        *("prefixItems", "additionalItems"),
        *(
            "allOf",
            "not",
            "if",
            "then",
            "else",
            "dependentRequired",
            "dependentSchemas",
        ),
        *("$schema", "$id", "$comment"),
    }
)
_FORMATS = frozenset(
    {
        "date-time",
        "time",
        "date",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uuid",
    }
)
_TYPE_NAMES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def strict(schema: Mapping[str, Any]) -> Schema:
    """The schema in OpenAI's strict subset; an optional or `nullable` property may be null in it."""
    kept = {key: value for key, value in schema.items() if key not in _REFUSED}
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    if kept.get("format") not in _FORMATS:
        kept.pop("format", None)
    _add_type(kept)
    compiled = _map_children(kept, strict)
    if isinstance(compiled.get("properties"), dict):
        required = schema.get("required", ())
        compiled["properties"] = {
            name: value if name in required else _or_null(value) for name, value in compiled["properties"].items()
        }
        compiled["required"] = list(compiled["properties"])
    if "object" in _types(compiled):
        compiled["additionalProperties"] = False
    return _resolve_nullable(compiled)


def plain(schema: Mapping[str, Any]) -> Schema:
    """The schema in standard JSON Schema: `nullable: true` becomes a union with null."""
    return _resolve_nullable(_map_children(dict(schema), plain))


def _resolve_nullable(schema: Schema) -> Schema:
    return _or_null(schema) if schema.pop("nullable", False) else schema


def _map_children(schema: Schema, change: Callable[[Mapping[str, Any]], Schema]) -> Schema:
    changed = dict(schema)
    for key in ("properties", "$defs", "definitions"):
        if isinstance(schema.get(key), Mapping):
            changed[key] = {name: change(child) for name, child in schema[key].items()}
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(key), list):
            changed[key] = [change(child) for child in schema[key]]
    if isinstance(schema.get("items"), Mapping):
        changed["items"] = change(schema["items"])
    return changed


def _or_null(schema: Schema) -> Schema:
    """The union of a schema with null, said as briefly as can be."""
    types = _types(schema)
    if "null" in types or {"type": "null"} in schema.get("anyOf", ()):
        return schema
    if types and "const" not in schema:
        united = {**schema, "type": [*types, "null"]}
        if "enum" in schema:
            united["enum"] = [
                *schema["enum"],
                *([] if None in schema["enum"] else [None]),
            ]
        return united
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "enum" in schema:
        return {
            **schema,
            "enum": [*schema["enum"], *([] if None in schema["enum"] else [None])],
        }
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _add_type(schema: Schema) -> None:
    """Strict mode wants a type with every enum and const; both imply one."""
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if "type" in schema or not values:
        if "properties" in schema:
            schema.setdefault("type", "object")
        return
    names = {_TYPE_NAMES.get(type(value)) for value in values}
    if None not in names:
        ordered = sorted(name for name in names if name is not None)
        schema["type"] = ordered[0] if len(ordered) == 1 else ordered


def _types(schema: Mapping[str, Any]) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


_INSTRUCTION = (
    "Reply with one JSON object and nothing else: no prose, no code fence. The object must conform to this JSON Schema:\n"
)


def instruction(response_format: Mapping[str, Any]) -> str:
    """The words that ask for a response format, for a system message."""
    return _INSTRUCTION + to_json(plain(response_format))

"""Where each provider's form keeps the JSON schema of the completion."""

from __future__ import annotations

import json
from typing import Any

_PLACES = (
    ("response_format", "json_schema", "schema"),  # OpenAI chat completions and Mistral
    ("text", "format", "schema"),  # OpenAI responses
    ("output_config", "format", "schema"),  # Anthropic messages
    ("generationConfig", "responseJsonSchema"),  # Gemini
    ("generationConfig", "responseSchema"),  # Gemini, as a subset of OpenAPI
    ("outputConfig", "textFormat", "structure", "jsonSchema", "schema"),  # Bedrock Converse, as a text
)


def find_schema(body: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON schema in the body of a request, in any of the forms; None where there is none."""
    for place in _PLACES:
        found: Any = body
        for name in place:
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, str):
            found = _parsed(found)
        if isinstance(found, dict):
            return _from_openapi(found) if place[-1] == "responseSchema" else found
    return None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _from_openapi(schema: dict[str, Any]) -> dict[str, Any]:
    """Gemini's `Schema`: types in capitals, `nullable` instead of a union with null."""
    made = {name: part for name, part in schema.items() if name != "nullable"}
    if isinstance(schema.get("type"), str):
        kind = schema["type"].lower()
        made["type"] = [kind, "null"] if schema.get("nullable") else kind
    if isinstance(schema.get("items"), dict):
        made["items"] = _from_openapi(schema["items"])
    if isinstance(schema.get("properties"), dict):
        made["properties"] = {name: _from_openapi(part) for name, part in schema["properties"].items()}
    if isinstance(schema.get("anyOf"), list):
        made["anyOf"] = [_from_openapi(part) for part in schema["anyOf"]]
    return made

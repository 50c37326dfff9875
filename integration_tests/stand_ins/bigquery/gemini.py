"""The body of generateContent: what Gemini would refuse is refused, as far as its published form tells.

https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerationConfig
"""

import re
from typing import Any

from bqemulator.domain.errors import InvalidQueryError

BODY = {"generation_config", "safety_settings", "system_instruction", "tools", "tool_config", "labels", "cached_content"}
GENERATION = {
    "temperature", "top_p", "top_k", "candidate_count", "max_output_tokens", "stop_sequences", "presence_penalty",
    "frequency_penalty", "seed", "response_mime_type", "response_schema", "response_json_schema", "response_logprobs",
    "logprobs", "thinking_config", "media_resolution", "audio_timestamp", "response_modalities", "routing_config",
}  # fmt: skip
SCHEMA = {
    "type", "format", "title", "description", "nullable", "enum", "properties", "required", "items", "min_items",
    "max_items", "minimum", "maximum", "min_length", "max_length", "pattern", "min_properties", "max_properties", "default",
    "example", "any_of", "property_ordering", "additional_properties", "ref", "defs",
}  # fmt: skip
TYPES = {"string", "number", "integer", "boolean", "array", "object", "null"}


def read(body: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The parameters and the response schema of a body."""
    if not isinstance(body, dict):
        raise InvalidQueryError("model_params must be a JSON object.")
    _known(body, BODY, "request")
    generation = dict(body.get(_key(body, "generation_config"), {}))
    _known(generation, GENERATION, "generation_config")
    if not isinstance(generation.get(_key(generation, "stop_sequences"), []), list):
        raise InvalidQueryError("400 INVALID_ARGUMENT: Invalid value at 'generation_config.stop_sequences': not a list")
    schema = generation.pop(_key(generation, "response_schema"), None)
    mime_type = generation.pop(_key(generation, "response_mime_type"), None)
    if schema is not None:
        if mime_type != "application/json":
            raise InvalidQueryError("400 INVALID_ARGUMENT: response_schema needs the response_mime_type application/json.")
        _check_schema(schema, "generation_config.response_schema")
    return {_snake(name): value for name, value in generation.items()}, schema


def _check_schema(schema: Any, where: str) -> None:
    _known(schema, SCHEMA, where)
    if str(schema.get("type")).lower() not in TYPES:
        raise InvalidQueryError(f"400 INVALID_ARGUMENT: Invalid value at '{where}.type': {schema.get('type')!r}")
    for place, value in enumerate(schema.get("enum", [])):
        if not isinstance(value, str):
            raise InvalidQueryError(f"400 INVALID_ARGUMENT: Invalid value at '{where}.enum[{place}]' (TYPE_STRING), {value}")
    for name, member in schema.get("properties", {}).items():
        _check_schema(member, f"{where}.properties[{name}]")
    if "items" in schema:
        _check_schema(schema["items"], f"{where}.items")


def _known(given: dict[str, Any], known: set[str], where: str) -> None:
    for name in given:
        if _snake(name) not in known:
            raise InvalidQueryError(f"400 INVALID_ARGUMENT: Unknown name \"{name}\" at '{where}': Cannot find field.")


def _key(given: dict[str, Any], name: str) -> str:
    """The name as it is spelt here: Google's JSON takes both spellings."""
    return next((spelt for spelt in given if _snake(spelt) == name), name)


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda letter: "_" + letter[1].lower(), name)

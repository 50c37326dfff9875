"""What Snowflake's documentation says of a response format: ai_complete-structured-outputs, read in 2026-09."""

import re

_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_UNSUPPORTED = {
    "integer": {"multipleOf"},
    "number": {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "string": {"minLength", "maxLength", "format"},
    "array": {"uniqueItems", "contains", "minContains", "maxContains", "minItems", "maxItems"},
    "object": {"patternProperties", "minProperties", "maxProperties", "propertyNames"},
}


def fault(response_format, model):
    """Snowflake's words for what is wrong with it, or None."""
    if response_format.get("type") != "json":
        return "please provide a type for the response format object"
    found = _schema_fault(response_format.get("schema"), is_strict=model.startswith("openai-"))
    return f"input schema validation error: {found}" if found else None


def _schema_fault(schema, is_strict):
    if not isinstance(schema, dict):
        return "a schema is an object"
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    for name in types:
        if name not in _TYPES:
            return f"unknown type {name}"
        if refused := _UNSUPPORTED.get(name, set()) & set(schema):
            return f"{sorted(refused)} of type {name} is not supported"
    if None in schema.get("enum", []):
        return "undefined in an enum, for a NULL in an array is no JSON null"
    properties = schema.get("properties", {})
    for name in properties:
        if not _NAME.fullmatch(name):
            return f"invalid property name {name}"
    if is_strict and "object" in types:
        if schema.get("additionalProperties") is not False:
            return "additionalProperties has to be false"
        if set(schema.get("required", [])) != set(properties):
            return "required has to name every property"
    parts = [*properties.values(), *([schema["items"]] if "items" in schema else []), *schema.get("anyOf", [])]
    return next((found for part in parts if (found := _schema_fault(part, is_strict))), None)

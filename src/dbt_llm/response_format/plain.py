"""A JSON schema as a response format: without `$ref`, `anyOf` and the like, which the validation does not know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..client import ConfigurationError
from ..macros import Macros

_FIRST = ("type", "title", "description")
_LAST = ("default", "examples", "items", "required", "additionalProperties", "properties")
_PYTHON = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "list", "object": "a model"}
_FORMATS = {
    "uuid": "UUID", "email": "EmailStr", "uri": "a URL", "time": "time", "duration": "timedelta", "binary": "bytes",
    "path": "Path", "password": "SecretStr",
}  # fmt: skip
_UNKNOWN = {
    "uniqueItems": ("a set", "list[…]; two equal items are no fault"),
    "multipleOf": ("multiple_of", "bounds (ge, le), or a Literal of the values"),
}
"""Keywords that Pydantic writes and the validation does not know, and whose schema says more than them."""
_PLACEHOLDER: dict[str, Any] = {"type": "string"}
"""Stands for what has a fault already, so that the validation finds no second one in it."""


class Plain:
    """One schema on its way to a response format: `Plain(json_schema, "Model").schema()`, then `.faults`."""

    def __init__(self, schema: Mapping[str, Any], where: str, *, absent_required: Literal["all", "none"] = "all") -> None:
        """`where`: how paths begin. `absent_required`: what an object without `required` requires, as its author has it."""
        self.faults: list[Fault] = []
        self._root = schema
        self._where = where
        self._absent_required = absent_required
        self._definitions = {f"#/$defs/{name}": definition for name, definition in schema.get("$defs", {}).items()}

    def schema(self) -> dict[str, Any]:
        """The schema with every reference in its place. What cannot be said is in `faults`, with its path."""
        self.faults = []
        found: dict[str, Any] = self._node(_without(self._root, "$defs"), self._where, ())
        return found

    def _node(self, schema: Any, path: str, inside: tuple[str, ...]) -> Any:
        if not isinstance(schema, Mapping):
            return schema
        self.faults += marked(schema, path)
        schema = _without(schema, MARK)
        if "$ref" in schema:
            return self._reference(schema, path, inside)
        if len(schema.get("allOf", ())) == 1:
            # How Pydantic before 2.9 says that a reference has a description of its own.
            return self._node({**schema["allOf"][0], **_without(schema, "allOf")}, path, inside)
        for key in (key for key in _UNKNOWN if schema.get(key)):
            self.faults.append(Fault(path, *_UNKNOWN[key]))
        schema = _without(schema, *_UNKNOWN)
        fault = _construct(schema, path)
        if fault:
            self.faults.append(fault)
            return dict(_PLACEHOLDER)
        if "anyOf" in schema:
            return self._union(schema, path, inside)
        found = dict(schema)
        if found.get("additionalProperties") is True:
            found.pop("additionalProperties")
        if "const" in found:
            # Pydantic 2.9 says both.
            found.pop("enum", None)
        if isinstance(found.get("enum"), list) and None in found["enum"]:
            found = _nullable(_without_null(found))
        if isinstance(found.get("properties"), Mapping):
            self._object(found, path, inside)
        if "items" in found:
            found["items"] = self._node(found["items"], f"{path}.items", inside)
        return self._annotated(found, path)

    def _reference(self, schema: Mapping[str, Any], path: str, inside: tuple[str, ...]) -> Any:
        name = schema["$ref"]
        short = str(name).rpartition("/")[2]
        if name not in self._definitions:
            self.faults.append(Fault(path, got=str(name), expected="a name in $defs", fault="nothing has this name"))
            return dict(_PLACEHOLDER)
        if name in inside:
            expected = "a depth that ends: a class of its own for each level"
            self.faults.append(Fault(path, got=short, expected=expected, fault="contains itself"))
            return dict(_PLACEHOLDER)
        return self._node({**self._definitions[name], **_without(schema, "$ref")}, path, (*inside, name))

    def _union(self, schema: Mapping[str, Any], path: str, inside: tuple[str, ...]) -> Any:
        members = [member for member in schema["anyOf"] if member.get("type") != "null"]
        if len(members) != 1:
            names = " | ".join(dict.fromkeys(self._name(member) for member in members))
            expected = "one type, alone or with None; for models, one whose fields may be None"
            self.faults.append(Fault(path, got=f"a union: {names}", expected=expected))
            return dict(_PLACEHOLDER)
        # What is said of the whole, such as its description, goes before what the member says of itself.
        found = {**self._node(members[0], path, inside), **_without(schema, "anyOf")}
        return self._annotated(_nullable(found) if len(members) < len(schema["anyOf"]) else found, path)

    def _object(self, found: dict[str, Any], path: str, inside: tuple[str, ...]) -> None:
        found["properties"] = {name: self._node(member, f"{path}.{name}", inside) for name, member in found["properties"].items()}
        if "required" not in found and self._absent_required == "none":
            found["required"] = []
        required = found.get("required")
        if isinstance(required, list) and set(map(str, required)) == set(map(str, found["properties"])):
            found.pop("required")

    def _annotated(self, schema: Mapping[str, Any], path: str) -> dict[str, Any]:
        """The schema in the order in which it is read, its numbers and annotations as canonical JSON has them."""
        inner = ("properties", "items")
        return _ordered({key: value if key in inner else self._value(value, f"{path}.{key}") for key, value in schema.items()})

    def _value(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return {key: self._value(item, f"{path}.{key}") for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, path) for item in value]
        if not isinstance(value, float):
            return value
        if not math.isfinite(value) or (not value.is_integer() and "e" in repr(value)):
            expected = "0, or a finite number of at least 0.0001 in size"
            self.faults.append(Fault(path, got=repr(value), expected=expected, fault="has no one text in all engines"))
            return 0
        return int(value) if value.is_integer() else value

    def _name(self, schema: Mapping[str, Any]) -> str:
        if "$ref" in schema:
            return str(schema["$ref"]).rpartition("/")[2]
        if "const" in schema or "enum" in schema:
            return "Literal"
        return _PYTHON.get(str(schema.get("type")), "Any")


def plain_response_format(response_format: Any, where: str) -> dict[str, Any]:
    """A response format as it stands in YAML, as one full and plain schema of type `object`.

    Raises `ConfigurationError` with every construct that the validation of completions does not know.
    """
    if not isinstance(response_format, Mapping) or not response_format:
        got = response_format if response_format else "nothing"
        raise ConfigurationError(
            [f"{where}: not a mapping. Expected a mapping such as {{has_pii: {{type: boolean}}}}; got '{got}'."]
        )
    is_full = response_format.get("type") == "object" or "$ref" in response_format
    plain = Plain(response_format if is_full else {"type": "object", "properties": response_format}, where)
    schema = plain.schema()
    sentences = [fault.sentence() for fault in plain.faults] + validation_faults(schema, where)
    if sentences:
        raise ConfigurationError(sentences)
    return schema


def validation_faults(schema: Mapping[str, Any], where: str) -> list[str]:
    """What the validation of completions, the package's own macros, has against a schema; whole sentences."""
    macros = Macros("duckdb", {})
    faults: list[str] = macros.call("_schema_faults", macros.call("_response_schema", schema), where)
    return [fault if fault.endswith((".", "?")) else f"{fault}." for fault in faults]


def _construct(schema: Mapping[str, Any], path: str) -> Fault | None:
    """A construct with a name in Python. What has none, such as a misspelt keyword, the validation names itself."""
    is_object = schema.get("type") == "object"
    if "oneOf" in schema:
        return Fault(path, "a union told apart by a field", "one model whose fields may be None, with a Literal that says which")
    if "prefixItems" in schema:
        return Fault(path, "a tuple", "a model with a named field for each part, or a list of one type")
    if (
        is_object
        and "properties" not in schema
        and any(key in schema for key in ("additionalProperties", "patternProperties", "propertyNames"))
    ):
        return Fault(path, "a dict", "a model with named fields, or a list of models with a key and a value")
    if isinstance(schema.get("additionalProperties"), Mapping):
        return Fault(path, "typed extras", "extra='ignore', extra='allow' without types, or extra='forbid'")
    if "contentMediaType" in schema:
        return Fault(path, "a text that holds JSON", "a model, in place of its text")
    if schema.get("format") in _FORMATS:
        return Fault(path, _FORMATS[schema["format"]], "str, with Field(pattern=…) where its form matters; date, datetime")
    if schema.get("type") == "null" or (schema.get("const", 0) is None):
        return Fault(path, "None alone", "a type beside it, such as str | None")
    if not set(schema) - {"title", "description", "default", "examples"}:
        return Fault(path, "Any", "a type, such as str, list[str] or a model")
    return None


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Standard JSON Schema for a value that may be null."""
    found = dict(schema)
    kind = found.get("type")
    if isinstance(kind, str):
        found["type"] = [kind, "null"]
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if isinstance(found.get("enum"), list) and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    return found


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an enum's other values, with their type: that of an enum with a null is not stated."""
    values = [value for value in schema["enum"] if value is not None]
    kind = schema.get("type") or Macros("duckdb", {}).call("_type_of_values", values)
    return {**schema, "enum": values, **({"type": kind} if kind else {})}


def _without(schema: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in keys}


def _ordered(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords in the order in which they are read."""
    middle = [key for key in schema if key not in _FIRST + _LAST]
    return {key: schema[key] for key in (*_FIRST, *middle, *_LAST) if key in schema}


MARK = "x-dbt-llm-not-validated"
"""The key that carries faults through a JSON schema, from where only Pydantic knows it to where its path is known."""


@dataclass(frozen=True)
class Fault:
    """`path`: `Model.field.items`. `got`: the construct. `expected`: what says the same, or nearly."""

    path: str
    got: str
    expected: str
    fault: str = "not validated by dbt_llm"

    def sentence(self) -> str:
        """The fault as the house says it."""
        return f"{self.path}: {self.fault}. Expected {self.expected}; got '{self.got}'."


def mark(schema: Mapping[str, Any], got: str, expected: str) -> dict[str, Any]:
    """The schema with one more fault that its keywords do not show."""
    return {**schema, MARK: [*schema.get(MARK, ()), {"got": got, "expected": expected}]}


def marked(schema: Mapping[str, Any], path: str) -> list[Fault]:
    """The faults that `mark` left."""
    return [Fault(path, **found) for found in schema.get(MARK, ())]

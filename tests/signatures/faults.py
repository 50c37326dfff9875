"""What is wrong with a call, by the catalogue."""

import json
from collections.abc import Iterator
from typing import Any

from tests.signatures.calls import Argument, Call
from tests.signatures.catalogue import Form, Parameter, forms
from tests.signatures.values import Value

KINDS = {
    "STRING": {"STRING"},
    "VARCHAR": {"STRING"},
    "BOOLEAN": {"BOOLEAN"},
    "BOOL": {"BOOLEAN"},
    "INT": {"INTEGER"},
    "INTEGER": {"INTEGER"},
    "INT64": {"INTEGER"},
    "NUMBER": {"INTEGER", "NUMBER"},
    "DOUBLE": {"INTEGER", "NUMBER"},
    "FLOAT64": {"INTEGER", "NUMBER"},
    "JSON": {"JSON"},
    "OBJECT": {"OBJECT"},
    "STRUCT": {"STRUCT"},
    "MAP": {"MAP"},
    "ARRAY": {"ARRAY"},
    "MODEL": {"MODEL"},
    "TABLE": {"TABLE"},
    "TYPE": {"TYPE"},
    # Nothing that can be written as a literal.
    "BINARY": set(),
    "FILE": set(),
    "VARIANT": set(),
}
SYNTACTIC = {"MODEL", "TABLE"}
"""An expression cannot stand in their place."""


def faults(call: Call, adapter: str) -> list[str]:
    """The faults against the form that it comes nearest to; none where one form takes it."""
    known = forms(adapter).get(call.function.lower())
    if known is None:
        return [f"{call.function}: {adapter} has no such function in docs/functions.yml"]
    found = [[f"{call.function}: {fault}" for fault in _against(form, call)] for form in known]
    return min(found, key=len)


def _against(form: Form, call: Call) -> Iterator[str]:
    by_name = {parameter.name: parameter for parameter in form.parameters}
    positions = [parameter for parameter in form.parameters if parameter.how != "named"]
    given: dict[str, Value] = {}
    named_before = False
    for place, argument in enumerate(call.arguments):
        named_before = named_before or argument.name is not None
        parameter, fault = _parameter_of(argument, place, named_before, positions, by_name)
        if parameter is None:
            yield fault
        elif parameter.name in given:
            yield f"{parameter.name} is given twice"
        else:
            given[parameter.name] = argument.value
            yield from _value_faults(parameter, argument.value)
    for parameter in form.parameters:
        if parameter.required and parameter.name not in given:
            yield f"{parameter.name} is missing"
    for first, second in form.excludes:
        if _is_given(first, given) and _is_given(second, given):
            yield f"{first} and {second} exclude each other"


def _parameter_of(
    argument: Argument, place: int, named_before: bool, positions: list[Parameter], by_name: dict[str, Parameter]
) -> tuple[Parameter | None, str]:
    if argument.name is None:
        if named_before:
            return None, f"a positional argument, number {place + 1}, stands behind a named one"
        if place >= len(positions):
            return None, f"argument {place + 1} is one too many by position"
        return positions[place], ""
    parameter = by_name.get(argument.name)
    if parameter is None:
        return None, f"{argument.name} is no argument. Expected one of {', '.join(by_name)}"
    if parameter.how == "positional":
        return None, f"{argument.name} has no name that a call may use"
    return parameter, ""


def _is_given(path: str, given: dict[str, Value]) -> bool:
    name, _, inner = path.partition(".")
    return name in given and (not inner or inner in given[name].fields)


def _value_faults(parameter: Parameter, value: Value) -> Iterator[str]:
    name = parameter.name
    if parameter.constant != "no" and not value.constant:
        yield f"{name} is not a constant"
    if not any(_fits(word, value) for word in parameter.types):
        yield f"{name} is {value.kind}. Expected {' or '.join(parameter.types)}"
        return
    if parameter.values and value.kind == "STRING" and value.text not in parameter.values:
        yield f"{name} is '{value.text}'. Expected one of {', '.join(parameter.values)}"
    yield from _field_faults(parameter, value)
    if parameter.json and value.kind in ("STRING", "JSON"):
        yield from _json_faults(parameter, value.text)
    if parameter.refused_keywords:
        yield from (f"{name} has {fault}" for fault in _refused(_plain(value), parameter.refused_keywords))


def _fits(word: str, value: Value) -> bool:
    """Whether a value may stand where the vendor says this type. `ARRAY<STRING>` looks into the elements."""
    base, _, inner = word.partition("<")
    if base == "ANY":
        return value.kind not in SYNTACTIC
    if value.kind == "EXPRESSION":
        return base not in SYNTACTIC
    if value.kind not in KINDS[base]:
        return False
    return base != "ARRAY" or not inner or all(_fits(inner.removesuffix(">"), element) for element in value.elements)


def _field_faults(parameter: Parameter, value: Value) -> Iterator[str]:
    if not parameter.fields or value.kind not in ("OBJECT", "STRUCT", "MAP"):
        return
    for field in value.repeated:
        yield f"{parameter.name} has {field} twice"
    for field in parameter.required_fields:
        if field not in value.fields:
            yield f"{parameter.name} has no {field}"
    for field, inner in value.fields.items():
        word = parameter.fields.get(field)
        if word is None:
            if not parameter.more_fields or not field:
                yield f"{parameter.name} has no field '{field}'. Expected one of {', '.join(parameter.fields)}"
        elif not _fits(word, inner):
            yield f"{parameter.name}.{field} is {inner.kind}. Expected {word}"


def _json_faults(parameter: Parameter, text: str) -> Iterator[str]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        yield f"{parameter.name} is not JSON: {error}"
        return
    keys = set(content) if isinstance(content, dict) else set()
    for key in parameter.json.get("required", []):
        if key not in keys:
            yield f"{parameter.name} has no {key}"
    for key in parameter.json.get("forbidden", []):
        if key in keys:
            yield f"{parameter.name} must not have {key}"


def _plain(value: Value) -> Any:
    """An object literal as Python would have it."""
    if value.kind == "OBJECT":
        return {name: _plain(inner) for name, inner in value.fields.items()}
    if value.kind == "ARRAY":
        return [_plain(element) for element in value.elements]
    return value.text


def _refused(node: Any, refused: dict[str, list[str]]) -> Iterator[str]:
    """The JSON Schema keywords that the vendor answers with an error. Names of properties are not keywords."""
    if isinstance(node, list):
        for element in node:
            yield from _refused(element, refused)
    if not isinstance(node, dict):
        return
    types = node.get("type", [])
    for type_name in types if isinstance(types, list) else [types]:
        for keyword in refused.get(type_name, []):
            if keyword in node:
                yield f"the keyword {keyword} on a node of type {type_name}"
    for keyword, inner in node.items():
        if keyword in ("properties", "$defs") and isinstance(inner, dict):
            yield from (fault for schema in inner.values() for fault in _refused(schema, refused))
        elif keyword not in ("enum", "const"):
            yield from _refused(inner, refused)

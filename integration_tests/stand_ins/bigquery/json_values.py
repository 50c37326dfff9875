"""JSON values as BigQuery has them, each a text in one spelling."""

import json
import re
from decimal import Decimal
from typing import Any

_MISSING = object()
_STEP = re.compile(r'\.([A-Za-z_][A-Za-z0-9_]*)|\."((?:[^"\\]|\\.)*)"|\[([0-9]+)\]')
_NEEDS_QUOTES = re.compile(r"[^\w\-:\s]")


def parse(text: str, wide_number_mode: str = "exact") -> str:
    """PARSE_JSON: raises where the text is not JSON, or `exact` cannot hold a number."""

    def integer(digits: str) -> int | float:
        number = int(digits)
        if -(2**63) <= number < 2**64:
            return number
        if wide_number_mode == "exact":
            raise ValueError(f"the number {digits} cannot be stored without loss of precision")
        return _finite(digits)

    def real(digits: str) -> float:
        if wide_number_mode == "exact" and not _round_trips(digits):
            raise ValueError(f"the number {digits} cannot be stored without loss of precision")
        return _finite(digits)

    if wide_number_mode not in ("exact", "round"):
        raise ValueError(f"wide_number_mode must be exact or round, not {wide_number_mode}")
    return _dump(
        json.loads(text, object_pairs_hook=_first_of_each, parse_int=integer, parse_float=real, parse_constant=_no_constant)
    )


def parse_or_null(text: str, wide_number_mode: str = "exact") -> str | None:
    """SAFE.PARSE_JSON."""
    try:
        return parse(text, wide_number_mode)
    except (ValueError, RecursionError):
        return None


def type_of(text: str) -> str:
    """JSON_TYPE."""
    value = json.loads(text)
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


def keys(text: str, max_depth: int | None = None) -> list[str]:
    """JSON_KEYS in its strict mode, which does not look into arrays."""
    return sorted(_keys(json.loads(text), "", max_depth if max_depth is not None else 500))


def value(text: str, path: str = "$") -> str | None:
    """JSON_VALUE: a scalar as text, NULL for all else."""
    found = _at(json.loads(text), path)
    if found is _MISSING or found is None or isinstance(found, (list, dict)):
        return None
    return found if isinstance(found, str) else _dump(found)


def query(text: str, path: str = "$") -> str | None:
    """JSON_QUERY of a JSON: JSON's null is a value, what is not there is NULL."""
    found = _at(json.loads(text), path)
    return None if found is _MISSING else _dump(found)


def query_array(text: str, path: str = "$") -> list[str] | None:
    """JSON_QUERY_ARRAY: NULL for what is not an array."""
    found = _at(json.loads(text), path)
    return [_dump(element) for element in found] if isinstance(found, list) else None


def remove(text: str, path: str) -> str:
    """JSON_REMOVE with one path; a path that is not there changes nothing."""
    whole = json.loads(text)
    *parents, last = _steps(path)
    parent = _walk(whole, parents)
    if isinstance(parent, dict) and isinstance(last, str):
        parent.pop(last, None)
    elif isinstance(parent, list) and isinstance(last, int) and last < len(parent):
        parent.pop(last)
    return _dump(whole)


def _keys(found: Any, prefix: str, depth: int) -> set[str]:
    names: set[str] = set()
    if isinstance(found, dict) and depth > 0:
        for name, member in found.items():
            shown = prefix + ('"' + name.replace('"', '\\"') + '"' if _NEEDS_QUOTES.search(name) else name)
            names |= {shown} | _keys(member, shown + ".", depth - 1)
    return names


def _at(whole: Any, path: str) -> Any:
    return _walk(whole, _steps(path))


def _walk(found: Any, steps: list[str | int]) -> Any:
    for step in steps:
        if (isinstance(step, str) and isinstance(found, dict) and step in found) or (
            isinstance(step, int) and isinstance(found, list) and step < len(found)
        ):
            found = found[step]
        else:
            return _MISSING
    return found


def _steps(path: str) -> list[str | int]:
    """The steps of a JSONPath; BigQuery refuses a path that is none."""
    at, steps = 1, []
    while at < len(path) or not path.startswith("$"):
        step = _STEP.match(path, at) if path.startswith("$") else None
        if step is None:
            raise ValueError(f"invalid JSONPath: {path}")
        plain, quoted, place = step.groups()
        steps.append(int(place) if place is not None else plain if plain is not None else re.sub(r"\\(.)", r"\1", quoted))
        at = step.end()
    return steps


def _dump(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, member in pairs:
        members.setdefault(name, member)
    return members


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits} is out of range")
    return number


def _round_trips(digits: str) -> bool:
    return Decimal(digits) == Decimal(repr(float(digits)))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")

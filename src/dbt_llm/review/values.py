"""The values of completions: how they are read and written, of what kind a column is, and what may be right of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..contract import unwrapped

DEEPEST = 100
"""Levels of JSON that are shown part by part. Python reads JSON by recursion, which some thousand levels would end."""


@dataclass(frozen=True)
class Column:
    """A response column. `labels`: the values that it may have, as texts; none where they are not known to be few."""

    name: str
    kind: str
    """label, number, array or text, as docs/evaluation.md has it."""
    labels: tuple[str, ...] = ()


def parsed(output: str | None) -> dict[str, Any] | None:
    """The completion's object; None where it is none, or one that cannot be shown part by part."""
    try:
        value = read(unwrapped(output or ""))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def read(text: str) -> Any:
    """A JSON value as the tables have it: of a doubled key the first.

    Raises `ValueError` for what is no JSON, what is deeper than `DEEPEST`, and half a character, which no page can show.
    """
    if _depth(text) > DEEPEST:
        raise ValueError(f"deeper than {DEEPEST} levels")
    value = json.loads(text, object_pairs_hook=_first_of_each)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


_STRING = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.DOTALL)
"""One that is cut off too: else each quote in it would be tried as a beginning."""


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _first_of_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    # DuckDB's json_extract and Spark's get_json_object find the first, and BigQuery's parse_json keeps it; Snowflake's
    # try_parse_json refuses the object.
    kept: dict[str, Any] = {}
    for name, value in pairs:
        kept.setdefault(name, value)
    return kept


def as_text(value: Any) -> str | None:
    """A value as a verdict writes it: `true`, `0.9`, a JSON array, the text itself; None for null."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def found_in(outputs: Iterable[str | None], labels: Mapping[str, Sequence[str]]) -> list[Column]:
    """The columns that can be judged, in the order of the completions. `labels`: of columns whose values are few."""
    values: dict[str, list[Any]] = {}
    for output in outputs:
        for name, value in (parsed(output) or {}).items():
            values.setdefault(name, []).append(value)
    found = (_column(name, of, tuple(labels.get(name, ()))) for name, of in values.items())
    return [column for column in found if column is not None]


def _column(name: str, values: Sequence[Any], labels: tuple[str, ...]) -> Column | None:
    known = [value for value in values if value is not None]
    if any(
        isinstance(value, dict) or (isinstance(value, list) and any(isinstance(e, dict | list) for e in value)) for value in known
    ):
        return None
    if any(isinstance(value, bool) for value in known):
        return Column(name, "label", ("true", "false"))
    if any(isinstance(value, list) for value in known):
        return Column(name, "array", labels)
    if known and all(isinstance(value, int | float) for value in known):
        return Column(name, "number")
    return Column(name, "label" if labels else "text", labels)


def fault(column: Column, value: str) -> str | None:
    """Why the text cannot be the right value of the column; None where it can."""
    if column.labels and column.kind == "label":
        return None if value in column.labels else f"{column.name}: expected one of {', '.join(column.labels)}; got '{value}'."
    try:
        held = read(value) if column.kind in ("number", "array") else value
    except ValueError:
        held = None
    if column.kind == "number" and (isinstance(held, bool) or not isinstance(held, int | float)):
        return f"{column.name}: expected a number; got '{value}'."
    if column.kind == "array":
        if not isinstance(held, list):
            return f"{column.name}: expected a JSON array such as [\"a\"]; got '{value}'."
        unknown = [str(element) for element in held if column.labels and as_text(element) not in column.labels]
        if unknown:
            return f"{column.name}: expected only {', '.join(column.labels)}; got '{unknown[0]}'."
    return None


def same(column: Column, one: str | None, other: str | None) -> bool:
    """Whether two texts are the same value: of arrays, the same set."""
    if one is None or other is None or column.kind not in ("array", "number"):
        return one == other
    try:
        first, second = read(one), read(other)
    except ValueError:
        return one == other
    if isinstance(first, list) and isinstance(second, list):
        return {as_text(element) for element in first} == {as_text(element) for element in second}
    return bool(first == second)

"""docs/functions.yml: the functions of each warehouse, form by form."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / "docs" / "functions.yml"


@dataclass(frozen=True)
class Parameter:
    name: str
    types: tuple[str, ...]
    how: str = "either"
    required: bool = False
    constant: str = "no"
    since: str = ""
    values: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    required_fields: tuple[str, ...] = ()
    more_fields: bool = False
    json: dict[str, list[str]] = field(default_factory=dict)
    refused_keywords: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    """The columns that a table given here must have."""
    note: str = ""


@dataclass(frozen=True)
class Form:
    """One way to call a function."""

    name: str
    shape: str
    parameters: tuple[Parameter, ...]
    excludes: tuple[tuple[str, str], ...]
    result: str
    columns: dict[str, str]


def entries() -> dict[str, list[dict[str, Any]]]:
    loaded = yaml.safe_load(PATH.read_text())
    assert isinstance(loaded, dict)
    return loaded


def _parameter(entry: dict[str, Any]) -> Parameter:
    types = entry["type"] if isinstance(entry["type"], list) else [entry["type"]]
    rest = {key: value for key, value in entry.items() if key != "type"}
    for key in ("values", "required_fields"):
        rest[key] = tuple(rest.get(key, ()))
    return Parameter(types=tuple(types), **rest)


@cache
def forms(adapter: str) -> dict[str, list[Form]]:
    """The forms of every function of a warehouse, by its name in lower case."""
    found: dict[str, list[Form]] = {}
    for entry in entries()[adapter]:
        form = Form(
            entry["name"],
            entry["shape"],
            tuple(_parameter(argument) for argument in entry["arguments"]),
            tuple((first, second) for first, second in entry.get("excludes", [])),
            entry.get("result", ""),
            entry.get("columns", {}),
        )
        found.setdefault(form.name.lower(), []).append(form)
    return found

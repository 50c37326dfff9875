"""The tasks of a YAML file of dbt models, read without dbt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..client import ConfigurationError
from ..response_format.plain import plain_response_format
from ..response_format.yaml_text import read_yaml, without_raw


@dataclass(frozen=True)
class Task:
    """A dbt model and its response format, as one full and plain schema."""

    model: str
    response_format: dict[str, Any]


def read_task(file: Path, model: str | None) -> Task:
    """Return the task of the dbt model of that name; without a name, the only one.

    Jinja is not rendered, but for `raw` blocks. Raises `ConfigurationError` where there is no such task, or its
    response format cannot work.
    """
    formats = dict(_response_formats(read_yaml(file)))
    wanted = "Expected one dbt model with config.meta.llm.response_format"
    names = ", ".join(f"'{name}'" for name in formats) or "nothing"
    if model is None and len(formats) != 1:
        what = "several tasks" if formats else "no task"
        hint = " Name one with --model." if formats else ""
        raise ConfigurationError([f"'{file}' holds {what}. {wanted}; got {names}.{hint}"])
    name = next(iter(formats)) if model is None else model
    if name not in formats:
        raise ConfigurationError([f"'{file}' holds no response format of '{name}'. {wanted} of that name; got {names}."])
    return Task(name, plain_response_format(without_raw(formats[name]), f"{file}: {name}.response_format"))


def _response_formats(content: Any) -> Iterator[tuple[str, Any]]:
    entries = _member(content, "models")
    for entry in entries if isinstance(entries, list) else ():
        for meta in (_member(_member(entry, "config"), "meta"), _member(entry, "meta")):
            llm = _member(meta, "llm")
            if isinstance(llm, Mapping) and "response_format" in llm:
                yield str(_member(entry, "name")), llm["response_format"]
                break


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None

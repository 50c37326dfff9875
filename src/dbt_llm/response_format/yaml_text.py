"""A response format as YAML that both of dbt's engines read as it was meant, and those in a file of dbt models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..client import ConfigurationError, MissingDependencyError
from .plain import plain_response_format

try:
    import yaml
except ImportError as error:
    raise MissingDependencyError(
        "dbt_llm.response_format: PyYAML is not installed. Run: pip install 'dbt-llm[pydantic]'"
    ) from error

_LINE = 100
_JINJA = re.compile(r"\{[{%#]")
_RAW = re.compile(r"\{% raw %\}(.*?)\{% endraw %\}", re.DOTALL)
_LIKE_A_NUMBER = re.compile(r"[-+.]?\d")


def to_yaml(response_format: dict[str, Any]) -> str:
    """The text to paste below `meta: llm:`, from `response_format:` on, without indentation."""
    return yaml.dump(
        {"response_format": _hidden(response_format)}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_LINE
    )


def read_yaml(file: Path) -> Any:
    """What a YAML file of dbt holds. Jinja is not rendered. Raises `ConfigurationError` where it cannot be read."""
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise ConfigurationError([f"'{file}' cannot be read ({reason}). Expected a YAML file of dbt models."]) from None
    except yaml.YAMLError as error:
        raise ConfigurationError([f"'{file}' is not YAML: {' '.join(str(error).split())}."]) from None


def without_raw(value: Any) -> Any:
    """What dbt's Jinja makes of a value of a YAML file, as far as that takes no context: `raw` blocks are opened."""
    if isinstance(value, dict):
        return {key: without_raw(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_raw(item) for item in value]
    return _RAW.sub(lambda found: found[1], value) if isinstance(value, str) else value


def _hidden(value: Any) -> Any:
    """Texts that dbt's Jinja would take for its own, in `raw` blocks."""
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return f"{{% raw %}}{value}{{% endraw %}}" if isinstance(value, str) and _JINJA.search(value) else value


class _Dumper(yaml.SafeDumper):
    """Short schemas on one line, as people write them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _mapping(dumper: _Dumper, value: dict[str, Any]) -> yaml.Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items())
    node.flow_style = len(str(value)) <= _LINE and not any(isinstance(member, dict) and member for member in value.values())
    return node


def _sequence(dumper: _Dumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


def _string(dumper: _Dumper, value: str) -> yaml.Node:
    # YAML 1.1 and 1.2 disagree on texts such as 1e5 and 0o7; quoted, both read a text.
    style = "'" if _LIKE_A_NUMBER.match(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(str, _string)


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

"""The project's gates, asked again: each test of this package in dbt's target folder, by the SQL that dbt compiled for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..client import ConfigurationError
from .source import Source


@dataclass(frozen=True)
class Gate:
    """A test and what it says now: `pass`, `warn`, `error`, or `unknown` where it could not be asked."""

    name: str
    of: str
    """The dbt model that it is attached to."""
    arguments: str
    status: str
    message: str


def examine(source: Source, target: Path) -> list[Gate]:
    """Ask every compiled gate. Nothing is compiled or run by dbt, and no language model is called.

    Raises `ConfigurationError` where the folder has no manifest.
    """
    manifest = target / "manifest.json"
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            [f"'{manifest}' cannot be read. Expected dbt's target folder; got '{type(error).__name__}'. Run `dbt build` first."]
        ) from None
    return [_asked(source, target, node) for node in _tests(nodes)]


def _tests(nodes: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for _, node in sorted(nodes.items()):
        if node.get("resource_type") == "test" and (node.get("test_metadata") or {}).get("namespace") == "dbt_llm":
            yield node


def _asked(source: Source, target: Path, node: Mapping[str, Any]) -> Gate:
    metadata, config = node["test_metadata"], node["config"]
    arguments = {name: value for name, value in metadata["kwargs"].items() if name != "model"}
    shown = ", ".join(f"{name}: {_shown(value)}" for name, value in arguments.items())
    of = (node.get("attached_node") or "").rpartition(".")[2]
    status, message = _status(source, target, node, config)
    return Gate(metadata["name"], of, shown, status, message)


def _status(source: Source, target: Path, node: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[str, str]:
    file = target / "compiled" / node["package_name"] / node["original_file_path"] / node["path"]
    if not file.is_file():
        return "unknown", "It is not compiled: dbt build or dbt test compiles it."
    fails = config["fail_calc"]
    # As dbt itself puts it around a test.
    query = (
        f"select {fails} as failures, coalesce({fails} {config['warn_if']}, false) as warns,"
        f" coalesce({fails} {config['error_if']}, false) as errs from (\n{file.read_text(encoding='utf-8')}\n) as failing_rows"
    )
    try:
        [row] = source.rows(query)
    except Exception as error:
        # Whatever it is, the reader learns of it, and the other gates are asked.
        return "unknown", f"It could not be asked: {type(error).__name__}: {str(error).splitlines()[0]}"
    failures = int(row["failures"] or 0)
    told = f"{failures:,} failing row{'' if failures == 1 else 's'}"
    if config["severity"].lower() == "error" and row["errs"]:
        return "error", told
    return ("warn", told) if row["warns"] else ("pass", told)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

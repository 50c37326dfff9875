"""What the project says of a task's filter, from dbt's manifest: whose rows, by which key, and its meta.llm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..client import ConfigurationError
from ..manifest import llm_of, read_manifest, task_name


@dataclass(frozen=True)
class FilteredTask:
    """A task with meta.llm.filter. Relations are SQL text, as dbt renders them."""

    name: str
    table: str
    input: str
    unique_key: tuple[str, ...]
    llm: Mapping[str, Any]
    """Its meta.llm, which has a filter."""


def filtered_task(target: Path, name: str, input_name: str | None = None) -> FilteredTask:
    """Read the task of that name from dbt's target folder. `input_name`: which of the models that it reads has its rows.

    Raises `ConfigurationError` where there is no such task, it has no filter, or its input is not known.
    """
    manifest = read_manifest(target)
    nodes: Mapping[str, Any] = manifest["nodes"]
    tasks = {task_name(node): node for node in nodes.values() if llm_of(node)}
    if name not in tasks:
        raise ConfigurationError([f"'{name}' is no task. Expected one of {_quoted(tasks)}; got '{name}'."])
    node = tasks[name]
    if not isinstance(llm_of(node).get("filter"), Mapping):
        raise ConfigurationError([f"'{name}' has no filter. Expected meta.llm.filter in its YAML; got none. See docs/filter.md."])
    key = (node.get("config") or {}).get("unique_key")
    if not key:
        raise ConfigurationError(
            [
                f"'{name}' has no unique_key. Expected the column by which its rows are those of its input; got none."
                " Add it to its config."
            ]
        )
    return FilteredTask(
        name=name,
        table=node["relation_name"],
        input=_input(node, nodes, manifest.get("sources") or {}, input_name),
        unique_key=(key,) if isinstance(key, str) else tuple(key),
        llm=llm_of(node),
    )


def _input(node: Mapping[str, Any], nodes: Mapping[str, Any], sources: Mapping[str, Any], wanted: str | None) -> str:
    """The relation that the task reads, besides this package's."""
    parents = [nodes.get(parent) or sources.get(parent) for parent in node["depends_on"]["nodes"]]
    found = {parent["name"]: parent["relation_name"] for parent in parents if parent and parent["package_name"] != "dbt_llm"}
    if wanted is None and len(found) == 1:
        [only] = found.values()
        return str(only)
    if wanted not in found:
        raise ConfigurationError(
            [f"the input of the task is not known. Expected --input, one of {_quoted(found)}; got '{wanted}'."]
        )
    return str(found[wanted])


def _quoted(names: Mapping[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"

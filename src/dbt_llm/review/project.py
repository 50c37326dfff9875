"""What the project says of a task, for the reviewer to judge by: the prompt's template, and what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..manifest import llm_of, read_manifest, task_name


@dataclass(frozen=True)
class Task:
    """`descriptions`: response column -> what the response format and the model's YAML say of it, each on a line."""

    prompt: str
    descriptions: Mapping[str, str] = field(default_factory=dict)


def described(target: Path) -> dict[str, Task]:
    """The tasks of dbt's target folder by name, as its manifest.json has them.

    Raises `ConfigurationError` where the folder has no manifest.
    """
    nodes = read_manifest(target)["nodes"].values()
    return {task_name(node): _task(node) for node in nodes if isinstance(llm_of(node).get("prompt"), str)}


def _task(node: Mapping[str, Any]) -> Task:
    llm = llm_of(node)
    format_ = llm.get("response_format")
    format_ = format_ if isinstance(format_, Mapping) else {}
    properties = format_.get("properties") or {} if format_.get("type") == "object" else format_
    descriptions: dict[str, list[str]] = {}
    for columns in (properties, node.get("columns") or {}):
        for name, column in columns.items():
            text = str((column.get("description") if isinstance(column, Mapping) else None) or "").strip()
            if text and text not in descriptions.setdefault(name, []):
                descriptions[name].append(text)
    return Task(llm["prompt"], {name: "\n".join(texts) for name, texts in descriptions.items() if texts})

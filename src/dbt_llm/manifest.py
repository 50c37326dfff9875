"""What dbt's target folder says of a project: its manifest, and the tasks in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .client import ConfigurationError

__all__ = ["llm_of", "read_manifest", "task_name"]


def read_manifest(target: Path, command: str = "dbt parse") -> Mapping[str, Any]:
    """The manifest in that folder, which has `nodes`. `command`: writes what is asked of the folder.

    Raises `ConfigurationError` where there is none.
    """
    path = target / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        manifest["nodes"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            [f"'{path}' cannot be read. Expected dbt's target folder; got '{type(error).__name__}'. Run `{command}` first."]
        ) from None
    return manifest


def llm_of(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node's meta.llm; empty where it has none."""
    held = ((node.get("config") or {}).get("meta") or {}).get("llm")
    return held if isinstance(held, Mapping) else {}


def task_name(node: Mapping[str, Any]) -> str:
    """A task's name, as the package's tables have it."""
    return f"{node['name']}.v{node['version']}" if node.get("version") else str(node["name"])

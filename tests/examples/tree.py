"""A copy of the tree, in which an example runs as in a fresh clone."""

import shutil
from pathlib import Path

from tests.support.project import ROOT

IGNORED = {
    ".git",
    ".venv",
    ".envs",
    "target",
    "logs",
    "dbt_packages",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}


def copied(folder: Path) -> Path:
    """Copy what is in the repository, and nothing that a run leaves, to this folder."""
    shutil.copytree(ROOT, folder, ignore=lambda _, names: [name for name in names if name in IGNORED or ".duckdb" in name])
    return folder

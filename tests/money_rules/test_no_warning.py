"""Neither the package nor the example gives dbt something to warn of: where warnings are errors, nothing would run."""

import shutil
from pathlib import Path

import pytest

from dbt_llm.testing import Server
from tests.support.project import ROOT, Project

EXAMPLE = ROOT / "examples" / "support_messages"


@pytest.mark.parametrize("name", ["a project", "the example"])
def test_parsing_warns_of_nothing(name: str, tmp_path: Path, server: Server) -> None:
    project = Project(tmp_path / "project", server.base_url)
    if name == "the example":
        ignored = shutil.ignore_patterns("target", "dbt_packages", "logs", "*.duckdb")
        shutil.copytree(EXAMPLE, project.folder, ignore=ignored, dirs_exist_ok=True)
        for path in project.models.glob("pii_risk.*"):
            if not (EXAMPLE / "models" / path.name).exists():
                path.unlink()
        (project.models / "sources.yml").unlink()
        (project.folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
    result = project.dbt("--warn-error", "parse", "--no-partial-parse")
    assert result.ok, result.output

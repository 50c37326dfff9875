"""Every block of docs/pydantic.md is run."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from dbt_llm.cli import main
from tests.support.project import PII, ROOT, Project
from tests.support.python_project import python_task

TEXT = (ROOT / "docs" / "pydantic.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
FILES = {text.split("\n")[0].removeprefix("# "): text for language, text in BLOCKS if language == "python"}
[PRINT, CHECK] = [shlex.split(text)[1:] for language, text in BLOCKS if language == "bash"]
[PRINTED] = [text for language, text in BLOCKS if language == "yaml"]
[DIFFERENT] = [text for language, text in BLOCKS if language == "text"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schemas.py").write_text(FILES["schemas.py"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "schemas", raising=False)
    return tmp_path


def test_the_class_prints_the_yaml(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(PRINT) == 0
    assert capsys.readouterr().out == PRINTED


def test_the_yaml_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    llm = yaml.safe_load(PRINTED)
    models = folder / "models"
    models.mkdir()

    def write() -> None:
        (models / "pii_risk.yml").write_text(yaml.safe_dump({"models": [{"name": "pii_risk", "config": {"meta": {"llm": llm}}}]}))

    write()
    assert main(CHECK) == 0
    capsys.readouterr()
    llm["response_format"]["confidence"]["maximum"] = 100
    llm["response_format"]["pii_types"]["items"]["enum"].remove("phone")
    write()
    assert main(CHECK) == 1
    assert capsys.readouterr().out == DIFFERENT


def test_the_python_model_runs(project: Project) -> None:
    task = {key: value for key, value in PII.items() if key != "response_format"}
    python_task(project, "pii_in_python", task, code=FILES["models/pii_in_python.py"])
    project.run("--select", "pii_in_python")
    assert project.statuses("pii_in_python") == {("succeeded", None): 20}
    columns = {name: kind for name, kind, *_ in project.query("describe pii_in_python")}
    assert (columns["has_pii"], columns["pii_types"], columns["confidence"]) == ("BOOLEAN", "VARCHAR[]", "DOUBLE")

"""What docs/python-models.md and the platforms' pages say of Python models is run, as far as it can be here."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_llm.engines.auto import deadline_hours
from dbt_llm.testing import Server
from tests.support.batch_clients import needs_client
from tests.support.project import ROOT, Project

PAGE = (ROOT / "docs" / "python-models.md").read_text()
SNOWFLAKE = (ROOT / "docs" / "adapters" / "snowflake.md").read_text()
RENDER = """
from dbt_llm.macros import Macros
import dbt_llm
print(dbt_llm.__file__)
print(Macros("snowflake", {}).call("string_literal", "it's"))
"""


def blocks(text: str, language: str, file: str) -> list[str]:
    """The blocks that name this file in their first line."""
    return re.findall(rf"^```{language}\n(# {re.escape(file)}.*?)^```$", text, re.MULTILINE | re.DOTALL)


[MODEL] = blocks(PAGE, "python", "models/pii_in_python.py")
[DECLARED] = [yaml.safe_load(text)["models"][0]["config"] for text in blocks(PAGE, "yaml", "models/pii_in_python.yml")]
LIVE, FOLDER, BOTH = (yaml.safe_load(text) for text in blocks(PAGE, "yaml", "dbt_project.yml"))


def write(project: Project, server: Server, endpoints: dict[str, Any], *, hooks: bool = True, **llm: Any) -> None:
    """The page's model, YAML and endpoints, whose provider is at the server instead."""
    folder = project.models / "python"
    folder.mkdir(exist_ok=True)
    (folder / "pii_in_python.py").write_text(MODEL)
    config = {**DECLARED, "meta": {"llm": {**DECLARED["meta"]["llm"], **llm}}}
    if not hooks:
        config = {key: value for key, value in config.items() if not key.endswith("_hook")}
    (folder / "pii_in_python.yml").write_text(yaml.safe_dump({"models": [{"name": "pii_in_python", "config": config}]}))
    at_server = {
        place: {**entry, "base_url": server.url(entry["provider"])}
        for place, entry in endpoints["vars"]["dbt_llm_endpoints"]["fast"].items()
    }
    project.write_project(dbt_llm_endpoints={"fast": at_server})


def test_the_page_is_run(project: Project, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its model, YAML and endpoints, in its order; each answer paid for once, whatever the engine."""
    needs_client("openai")
    project.environment["OPENAI_API_KEY"] = "none"
    project.write_profile()  # No plugin, as DuckDB's page says.
    (project.models / "pii_risk.sql").unlink()
    (project.models / "pii_risk.yml").unlink()
    project.write_model("stg_messages", "select * from {{ source('raw', 'messages') }}")
    write(project, server, LIVE)

    def run(*arguments: str, **environment: str) -> str:
        return project.run("--select", "stg_messages", "pii_in_python", *arguments, **environment).output

    run("--empty")
    assert server.counters.calls == 0 and project.query("select count(*) from pii_in_python") == [(0,)]
    run(DBT_LLM_MODE="cache_only")
    assert server.counters.calls == 0 and project.statuses("pii_in_python") == {("pending", "not_requested"): 20}
    run()
    assert server.counters.calls == 15 and project.statuses("pii_in_python") == {("succeeded", None): 20}

    project.messages([(i, f"message {i}") for i in range(18)])
    write(project, server, BOTH, hooks=False, engine="batch")
    file = project.folder / "dbt_project.yml"
    whole = yaml.safe_load(file.read_text())
    whole["models"] = {"project": FOLDER["models"]["my_project"]}
    file.write_text(yaml.safe_dump(whole))
    run()
    assert (server.counters.calls, server.counters.submitted_in_batches) == (15, 3)
    assert ("pending", "batch:submitted") in project.statuses("pii_in_python")
    server.batches.finish()
    run("--full-refresh")
    assert (server.counters.calls, server.counters.submitted_in_batches) == (15, 3)
    assert project.statuses("pii_in_python") == {("succeeded", None): 18}
    left = project.query(
        "select table_name from information_schema.tables where starts_with(table_name, 'pii_in_python__dbt_llm')"
    )
    assert left == [], "the order and the work tables are dropped"


def test_the_deadlines_of_the_page() -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| `deadline`"))
    shown = re.findall(r"`(\d\w+)`", row)
    assert [deadline_hours(text) for text in shown] == [24, 1.5, 48]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The companion as it is shipped, built from what uv has kept, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).parent / "uv"
    command = [uv, "build", "--wheel", "--offline", "--quiet", "--no-create-gitignore", "--out-dir", folder, ROOT]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if built.returncode != 0 and "hatchling" in built.stderr and "offline" in built.stderr.lower():
        pytest.skip("uv's cache has not what builds a wheel, as `make setup` leaves it there.")
    assert built.returncode == 0, built.stderr
    [file] = folder.glob("*.whl")
    return file


def rendered_by(code: str, path: Path, folder: Path, *options: str) -> list[str]:
    """What a new interpreter prints, which finds this first on its path, in an empty folder."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = (
        [sys.executable, "-P", *options, "-c", code] if sys.version_info >= (3, 11) else [sys.executable, *options, "-c", code]
    )
    found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout.splitlines()


def test_the_wheel_carries_the_macros(wheel: Path, tmp_path: Path) -> None:
    """Installed, it renders SQL from its own files; it holds each macro of the package."""
    installed = tmp_path / "installed"
    uv = Path(sys.executable).parent / "uv"
    command = [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--target", installed, wheel]
    subprocess.run(command, check=True, timeout=60)
    where, literal = rendered_by(RENDER, installed, tmp_path)
    assert where.startswith(str(installed)) and literal == "'it''s'"
    package = {path.relative_to(ROOT / "macros") for path in (ROOT / "macros").rglob("*.sql")}
    carried = {path.relative_to(installed / "dbt_llm" / "macros") for path in (installed / "dbt_llm" / "macros").rglob("*.sql")}
    assert carried == package


def test_the_wheel_works_as_the_zip_that_snowflake_imports(wheel: Path, tmp_path: Path) -> None:
    """A procedure's import is a zip on Python's path, and is not unpacked."""
    file = tmp_path / "dbt_llm.zip"
    file.write_bytes(wheel.read_bytes())
    [model] = blocks(SNOWFLAKE, "python", "models/pii_in_python.py")
    assert "$$" not in model and not re.search(r"\{[{%#]", model)
    where, literal = rendered_by(model + RENDER, file, tmp_path)
    assert where.startswith(str(file)) and literal == "'it''s'"


ROAD = [
    *(ROOT / "src" / "dbt_llm" / name for name in ("python_model.py", "order.py", "warehouses/__init__.py")),
    *(ROOT / "src" / "dbt_llm" / "engines").glob("*.py"),
]


def sentences(file: Path) -> list[str]:
    """The error texts of a module; what is filled in is an ellipsis."""
    tree = ast.parse(file.read_text())
    filled = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in filled for part in node.values}
    found = ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values) for node in filled]
    found += [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
    ]
    return [text for text in found if "Expected" in text]


def test_every_error_of_the_road_is_documented() -> None:
    """Each sentence that the road of Python models can say has a row in docs/errors.md, and each row is said by something."""
    section = (ROOT / "docs" / "errors.md").read_text().split("## In a Python model")[1].split("\n## ")[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    shown = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    macros = "\n".join(path.read_text() for path in (ROOT / "macros" / "python_models").glob("*.sql"))
    said = [text for file in ROAD for text in sentences(file)]
    said += re.findall(
        r"(?:meta\.llm|config)\.\w+: .+?\. Expected|the model does not read the responses|no entry for a Python model", macros
    )
    assert len(said) >= 18
    assert [text for text in said if not any(start in text for start in shown)] == []
    everything = macros + "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    for start in shown:
        if start != "CONFIG_NOT_AVAILABLE":  # Databricks' own.
            words = max(re.split(r"\[?…\]?", start), key=len).strip(" '")
            assert words in everything, start

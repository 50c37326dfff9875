"""`dbt-llm response-format`."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_llm.cli import main

SCHEMAS = """\
print("imported")
from typing import Literal
from pydantic import BaseModel, Field

class Pii(BaseModel):
    has_pii: bool
    kind: Literal["a", "b"] | None = Field(description="Which")

class Outer:
    class Inner(BaseModel):
        x: int

class Bad(BaseModel):
    tags: set[str]
    pair: tuple[int, str]
"""
PII: dict[str, Any] = {
    "has_pii": {"type": "boolean"},
    "kind": {"type": ["string", "null"], "description": "Which", "enum": ["a", "b", None]},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with `app/schemas.py` in it."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "schemas.py").write_text(SCHEMAS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry not in ("", str(tmp_path))])
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def write(*models: dict[str, Any]) -> None:
    Path("models.yml").write_text(yaml.safe_dump({"version": 2, "models": list(models)}))


def task(name: str, response_format: Any) -> dict[str, Any]:
    return {"name": name, "config": {"meta": {"llm": {"endpoint": "fast", "response_format": response_format}}}}


def test_prints_what_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["response-format", "app.schemas:Pii"]) == 0
    captured = capsys.readouterr()
    assert yaml.safe_load(captured.out) == {"response_format": PII}
    assert captured.err == "imported\n"


def test_an_inner_class(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["response-format", "app.schemas:Outer.Inner"]) == 0
    assert capsys.readouterr().out == "response_format:\n  x: {type: integer}\n"


def test_all_faults_as_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["response-format", "app.schemas:Bad"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()[1:]
    assert lines[0] == "dbt-llm response-format: 2 faults."
    assert lines[1].startswith("  1. Bad.tags: ") and lines[2].startswith("  2. Bad.pair: ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("app.schemas", "'app.schemas' names no class"),
        (":Pii", "names no class"),
        ("app.schemas:Pi", "Did you mean 'Pii'?"),
        ("app.schemas:Outer.Outer", "'Outer.Outer'"),
        ("app.schemas:Outer", "Expected a subclass of pydantic.BaseModel"),
        ("app.schemata:Pii", "the module 'app.schemata' is not there"),
        ("nowhere.schemas:Pii", "the module 'nowhere' is not there"),
        ("app.wrong:Pii", "wrong.py, line 2)"),
        ("app.exiting:Pii", "SystemExit"),
        ("app.lacking:Pii", "No module named 'not_installed'"),
        ("..app:Pii", "'..app'"),
    ],
)
def test_a_class_that_cannot_be_had(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("app/wrong.py").write_text("x = 1\nclass Pii(: pass\n")
    Path("app/exiting.py").write_text("import sys\nsys.exit(3)\n")
    Path("app/lacking.py").write_text("import not_installed\n")
    assert main(["response-format", name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err and "Traceback" not in captured.err


def test_equal(capsys: pytest.CaptureFixture[str]) -> None:
    write({"name": "other"}, task("pii", {"kind": {"enum": ["b", "a"], "nullable": True}, "has_pii": {"type": "boolean"}}))
    assert main(["response-format", "app.schemas:Pii", "--check", "models.yml"]) == 0
    assert capsys.readouterr().out == "models.yml: the response_format of 'pii' is that of app.schemas:Pii.\n"


def test_different(capsys: pytest.CaptureFixture[str]) -> None:
    write(task("pii", {"kind": {"enum": ["a", "b"]}, "has_pii": {"type": "boolean"}}))
    assert main(["response-format", "app.schemas:Pii", "--check", "models.yml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "models.yml: the response_format of 'pii' is not that of app.schemas:Pii."
    assert lines[1] == "  kind.nullable: expected true; got nothing"


def test_annotations(capsys: pytest.CaptureFixture[str]) -> None:
    write(task("pii", {**PII, "kind": {**PII["kind"], "description": "What"}}))
    check = ["response-format", "app.schemas:Pii", "--check", "models.yml"]
    assert main(check) == 0
    assert main([*check, "--annotations"]) == 1
    assert 'kind.description: expected "Which"; got "What"' in capsys.readouterr().out


def test_one_of_several(capsys: pytest.CaptureFixture[str]) -> None:
    write(task("one", PII), {"name": "two", "meta": {"llm": {"response_format": {"x": {"type": "integer"}}}}})
    check = ["response-format", "app.schemas:Pii", "--check", "models.yml"]
    assert main([*check, "--model", "one"]) == 0
    assert main([*check, "--model", "two"]) == 1
    capsys.readouterr()
    assert main(check) == 2
    assert "holds several tasks" in (err := capsys.readouterr().err) and "got 'one', 'two'. Name one with --model." in err
    assert main([*check, "--model", "three"]) == 2
    assert "no response format of 'three'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "'models.yml' cannot be read (No such file or directory)"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"a: [", "is not YAML"),
        (b"", "holds no task"),
        (b"models: []", "holds no task"),
        (b"models: {name: a}", "holds no task"),
        (b"models: 3", "holds no task"),
        (b"[1, 2]", "holds no task"),
        (b"models: [{name: a, config: {meta: {llm: {response_format: '{{ var(1) }}'}}}}]", "a.response_format: not a mapping"),
        (
            b"models: [{name: a, config: {meta: {llm: {response_format: {x: {type: text}}}}}}]",
            "a.response_format.x.type: not one",
        ),
    ],
)
def test_yaml_that_holds_no_task(text: bytes | None, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    if text is not None:
        Path("models.yml").write_bytes(text)
    assert main(["response-format", "app.schemas:Pii", "--check", "models.yml"]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err


@pytest.mark.parametrize("option", [["--model", "pii"], ["--annotations"]])
def test_an_option_of_check_without_it(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["response-format", "app.schemas:Pii", *option]) == 2
    assert f"{option[0]} says what to compare with" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("package", "install"), [("pydantic", "pip install 'dbt-llm[pydantic]'"), ("yaml", "pip install 'dbt-llm[pydantic]'")]
)
def test_without_a_package(
    package: str, install: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("app/light.py").write_text("class Pii: pass\n" if package == "pydantic" else SCHEMAS)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "dbt_llm.response_format.yaml_text", raising=False)
    assert main(["response-format", "app.light:Pii"]) == 2
    assert install in capsys.readouterr().err

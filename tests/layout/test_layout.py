"""The house's rules that can be checked by reading the tree."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MACROS = ROOT / "macros"
FILES = sorted(MACROS.rglob("*.sql"))
PRIMITIVES = sorted(path.name for path in (MACROS / "adapters" / "_contract").glob("*.sql"))
REFUSED = {name for name in PRIMITIVES if "_refuse_adapter" in (MACROS / "adapters" / "_contract" / name).read_text()}
"""The primitives without a default."""
CHUNKED = {"chunk_size.sql", "call_model_query.sql", "answers_query.sql"}
"""What the default of `complete_relation` asks of an adapter; one that answers it itself needs none of them."""
ADAPTERS = sorted(path.name for path in (MACROS / "adapters").iterdir() if path.is_dir() and path.name != "_contract")
DEFINITION = re.compile(r"\{%-?\s*(?:macro|test)\s+(\w+)\(([^)]*)\)")


def identify(path: Path) -> str:
    return str(path.relative_to(MACROS))


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_a_file_holds_the_macro_of_its_name(path: Path) -> None:
    names = [name for name, _ in DEFINITION.findall(path.read_text())]
    folder = path.parent.name
    if folder == "_contract":
        assert names == [path.stem, f"default__{path.stem}"]
    elif path.parent.parent.name == "adapters" and not path.stem.startswith("_"):
        assert names == [f"{folder}__{path.stem}"]
    else:
        assert names == [path.stem]


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_adapter_answers_every_primitive(adapter: str) -> None:
    answered = {path.name for path in (MACROS / "adapters" / adapter).glob("[!_]*.sql")}
    required = REFUSED - CHUNKED if "complete_relation.sql" in answered else REFUSED
    assert required <= answered <= set(PRIMITIVES)


def test_no_two_adapters_give_the_same_answer() -> None:
    """What most adapters do alike is the contract's default."""
    defaults = {name for name in PRIMITIVES if name not in REFUSED}
    for name in defaults:
        bodies = [
            path.read_text().replace(f"{path.parent.name}__", "default__")
            for path in MACROS.glob(f"adapters/*/{name}")
            if path.parent.name != "_contract"
        ]
        default = (MACROS / "adapters" / "_contract" / name).read_text().rpartition("\n\n")[2]
        assert len({*bodies, default}) == len(bodies) + 1, name


def test_an_adapter_answers_with_the_arguments_of_the_contract() -> None:
    for name in PRIMITIVES:
        [(_, asked), _] = DEFINITION.findall((MACROS / "adapters" / "_contract" / name).read_text())
        for adapter in ADAPTERS:
            if not (MACROS / "adapters" / adapter / name).exists():
                continue
            [(_, answered)] = DEFINITION.findall((MACROS / "adapters" / adapter / name).read_text())
            assert answered == asked, f"{adapter}/{name}"


def test_only_the_adapters_know_a_warehouse() -> None:
    words = re.compile(r"target\.(type|name)\b|\b(duckdb|snowflake|bigquery|databricks)__", re.IGNORECASE)
    for path in [*FILES, *(ROOT / "models").rglob("*.sql")]:
        if "adapters" not in path.relative_to(ROOT).parts:
            assert not words.search(path.read_text()), identify(path) if path in FILES else path.name


def documented_name(path: Path) -> str:
    """What dbt calls the macro in a file: a generic test's has a prefix."""
    return f"test_{path.stem}" if path.parent.name == "generic_tests" and not path.stem.startswith("_") else path.stem


def documented() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for path in MACROS.rglob("*.yml"):
        for macro in yaml.safe_load(path.read_text())["macros"]:
            assert macro["name"] not in found, macro["name"]
            found[macro["name"]] = macro
    return found


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_every_macro_says_what_it_is_for(path: Path) -> None:
    """Public macros and primitives in YAML, with their arguments; private ones in a comment where they stand."""
    text = path.read_text()
    if path.parent.parent.name == "adapters" and path.parent.name != "_contract" and not path.stem.startswith("_"):
        return
    if path.stem.startswith("_"):
        assert text.startswith("{#"), "a private macro starts with a comment that says what it is for"
        return
    macro = documented().get(documented_name(path))
    assert macro is not None, "no YAML"
    assert macro["description"]
    arguments = [part.split("=")[0].strip() for part in DEFINITION.findall(text)[0][1].split(",") if part.strip()]
    stated = macro["arguments"]
    assert isinstance(stated, list)
    assert [argument["name"] for argument in stated] == arguments
    assert all(argument["type"] and argument["description"] for argument in stated)


def test_yaml_names_only_macros_that_are_there() -> None:
    assert set(documented()) <= {documented_name(path) for path in FILES}


def test_every_model_and_column_is_described() -> None:
    described = {
        model["name"]: model for path in (ROOT / "models").rglob("*.yml") for model in yaml.safe_load(path.read_text())["models"]
    }
    for path in (ROOT / "models").rglob("*.sql"):
        columns = re.findall(r"^    '(\w+)': dbt(?:\.|_llm\.column_)type", path.read_text(), re.MULTILINE)
        model = described[path.stem]
        assert model["description"]
        if "_empty_table" in path.read_text():
            assert [column["name"] for column in model["columns"]] == columns
        assert model["columns"]
        assert all(column["description"] for column in model["columns"])


def test_no_module_of_python_or_agate_in_macros() -> None:
    """dbt's second engine has neither."""
    for path in FILES:
        assert not re.search(r"modules\.|\.print_table|\.columns\[|\.to_json\(", path.read_text()), identify(path)


def test_the_versions_agree() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["version"]
    assert f'version = "{project}"' in (ROOT / "pyproject.toml").read_text()
    assert f'__version__ = "{project}"' in (ROOT / "src" / "dbt_llm" / "__init__.py").read_text()
    assert f"## {project}" in (ROOT / "CHANGELOG.md").read_text()

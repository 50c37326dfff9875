"""The house's rules that can be checked by reading the tree."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.parser.schemas import is_valid_type

ROOT = Path(__file__).parents[2]
MACROS = ROOT / "macros"
CONTRACT = MACROS / "adapters" / "_contract"
FILES = sorted(MACROS.rglob("*.sql"))
ADAPTERS = sorted(path.name for path in (MACROS / "adapters").iterdir() if path.is_dir() and path != CONTRACT)
MOST_LINES = 250
DEFINITION = re.compile(r"\{%-?\s*(macro|test)\s+(\w+)\(([^)]*)\)")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True)
class Macro:
    """A definition. `text`: from it to the next one."""

    name: str
    kind: str
    arguments: str
    text: str
    path: Path

    @property
    def is_private(self) -> bool:
        return self.name.startswith("_")

    @property
    def documented_name(self) -> str:
        """What dbt calls it: a generic test has a prefix."""
        return f"test_{self.name}" if self.kind == "test" else self.name

    @property
    def argument_names(self) -> list[str]:
        return [part.split("=")[0].strip() for part in self.arguments.split(",") if part.strip()]


def identify(path: Path) -> str:
    return str(path.relative_to(MACROS))


@cache
def defined_in(path: Path) -> list[Macro]:
    text = path.read_text()
    # A file may hold a materialization, and no macro.
    found = list(DEFINITION.finditer(text))
    ends = ([match.start() for match in found[1:]] + [len(text)])[: len(found)]
    return [Macro(m[2], m[1], m[3], text[m.start() : end], path) for m, end in zip(found, ends, strict=True)]


@cache
def all_macros() -> list[Macro]:
    return [macro for path in FILES for macro in defined_in(path)]


def is_of_adapter(path: Path) -> bool:
    return path.parent.parent.name == "adapters"


def is_answer(macro: Macro) -> bool:
    """An adapter's answer to a primitive."""
    return is_of_adapter(macro.path) and macro.path.parent != CONTRACT and not macro.is_private


def primitives() -> dict[str, Macro]:
    return {macro.name: macro for path in CONTRACT.glob("*.sql") for macro in defined_in(path) if "__" not in macro.name}


def defaults() -> dict[str, Macro]:
    return {
        macro.name.removeprefix("default__"): macro
        for path in CONTRACT.glob("*.sql")
        for macro in defined_in(path)
        if macro.name.startswith("default__")
    }


def answers(adapter: str) -> dict[str, Macro]:
    """An adapter's answers by the primitive's name."""
    found = [macro for path in (MACROS / "adapters" / adapter).glob("*.sql") for macro in defined_in(path)]
    return {macro.name.removeprefix(f"{adapter}__"): macro for macro in found if not macro.is_private}


def refused() -> set[str]:
    """The primitives without a default."""
    return {name for name, macro in defaults().items() if "_refuse_adapter" in macro.text}


# Of a file.


@pytest.mark.parametrize("path", FILES, ids=identify)
def test_a_file_begins_with_a_sentence_and_is_not_long(path: Path) -> None:
    text = path.read_text()
    first = COMMENT.match(text)
    assert first and first[0].strip("{#} \n").endswith((".", ":")), "what happens in it?"
    assert len(text.splitlines()) <= MOST_LINES
    assert defined_in(path) or "{% materialization" in text


def test_a_macro_is_defined_once() -> None:
    names = [macro.name for macro in all_macros()]
    assert len(names) == len(set(names)), {name for name in names if names.count(name) > 1}


def notes(folder: Path) -> list[str]:
    """The comment lines at the top of a folder's YAML."""
    found = []
    for path in folder.glob("*.yml"):
        for line in path.read_text().splitlines():
            if not line.startswith("#"):
                break
            found.append(line.removeprefix("#").strip())
    return found


def test_a_public_macro_stands_in_the_file_of_its_name_or_of_its_subject() -> None:
    for macro in all_macros():
        if macro.is_private or is_of_adapter(macro.path):
            continue
        if macro.path.stem != macro.name:
            subjects = dict(line.split(": ", 1) for line in notes(macro.path.parent) if re.match(r"\w+\.sql: ", line))
            named = subjects.get(macro.path.name, "").split(", ")
            assert macro.name in named, f"{macro.name} stands in {identify(macro.path)}"


def offered(folder: Path) -> set[str]:
    """The private macros that a folder's YAML lists as called from other folders."""
    text = " ".join(notes(folder))
    found = re.search(r"Called from other folders: ((?:\w+, )*\w+)", text)
    return set(found[1].split(", ")) if found else set()


def callers() -> dict[str, set[Path]]:
    """The files of the macros that call each private macro, by its name."""
    found: dict[str, set[Path]] = defaultdict(set)
    for macro in all_macros():
        for name in re.findall(r"dbt_llm\.(_\w+)", macro.text):
            found[name].add(macro.path)
    return found


def test_a_private_macro_is_called_at_home_or_offered() -> None:
    """From its own folder, or it is one of `_internal/`, or its folder's YAML lists it, and that list is exact."""
    called = callers()
    from_elsewhere: dict[Path, set[str]] = defaultdict(set)
    for macro in all_macros():
        if macro.is_private and macro.path.parent.name != "_internal":
            home = macro.path.parent
            if any(path.parent != home for path in called[macro.name]):
                from_elsewhere[home].add(macro.name)
    for folder in {path.parent for path in FILES}:
        assert from_elsewhere[folder] == offered(folder), identify(folder)


def test_every_private_macro_is_used() -> None:
    """By a macro, by a hook's text or by the companion, which name it."""
    named: Counter[str] = Counter()
    for folder in ("macros", "models", "src"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".sql", ".py"):
                named.update(re.findall(r"\b_[a-z]\w+\b", path.read_text()))
    assert [macro.name for macro in all_macros() if macro.is_private and named[macro.name] < 2] == []


# Of the adapters.


def test_the_contract_asks_and_has_a_default() -> None:
    assert set(primitives()) == set(defaults())
    for name, macro in primitives().items():
        assert macro.arguments == defaults()[name].arguments
        assert macro.path == defaults()[name].path


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_adapter_answers_every_primitive(adapter: str) -> None:
    chunked = {"chunk_size", "call_model_query", "answers_query", "embed_query", "vectors_query"}
    """What the road in chunks asks of an adapter; one with an engine of its own needs none of them."""
    answered = set(answers(adapter))
    required = refused() - chunked if "complete_relation" in answered else refused()
    assert required <= answered <= set(primitives())


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_answers_in_the_file_of_the_contract_with_its_arguments(adapter: str) -> None:
    for name, macro in answers(adapter).items():
        asked = primitives()[name]
        assert macro.name == f"{adapter}__{name}"
        assert (macro.path.name, macro.arguments) == (asked.path.name, asked.arguments)


def test_no_two_adapters_give_the_same_answer() -> None:
    """What most adapters do alike is the contract's default."""
    for name in set(primitives()) - refused():
        bodies = [body(answers(adapter)[name]) for adapter in ADAPTERS if name in answers(adapter)]
        assert len({*bodies, body(defaults()[name])}) == len(bodies) + 1, name


def body(macro: Macro) -> str:
    """What a macro does, without its name and what is said of the next one."""
    return COMMENT.sub("", macro.text).partition("(")[2].strip()


def test_only_the_adapters_know_a_warehouse() -> None:
    words = re.compile(r"target\.(type|name)\b|\b(duckdb|snowflake|bigquery|databricks)__", re.IGNORECASE)
    for path in [*FILES, *(ROOT / "models").rglob("*.sql")]:
        if "adapters" not in path.relative_to(ROOT).parts:
            assert not words.search(path.read_text()), path.relative_to(ROOT)


def test_no_adapter_calls_the_road() -> None:
    """An adapter answers questions. Of other folders it may ask how a text, a prompt or a schema is written."""
    may = {"_internal", "requests", "responses", "adapters"}
    homes = {macro.name: macro.path.relative_to(MACROS).parts[0] for macro in all_macros()}
    for macro in all_macros():
        if is_of_adapter(macro.path):
            for name in re.findall(r"dbt_llm\.(\w+)\(", macro.text):
                assert homes[name] in may, f"{identify(macro.path)} calls {name} of {homes[name]}/"


# Of the words.


@cache
def documented() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in MACROS.rglob("*.yml"):
        for macro in yaml.safe_load(path.read_text())["macros"]:
            assert macro["name"] not in found, macro["name"]
            found[macro["name"]] = macro
    return found


def public() -> list[Macro]:
    """What users or adapters see: all but what is private, an adapter's answer or a default."""
    shown = [macro for macro in all_macros() if not macro.is_private and not is_answer(macro)]
    return [macro for macro in shown if not macro.name.startswith("default__")]


@pytest.mark.parametrize("macro", public(), ids=lambda macro: macro.name)
def test_every_public_macro_is_described(macro: Macro) -> None:
    """In YAML beside it, with its arguments."""
    stated = documented().get(macro.documented_name)
    assert stated is not None, "no YAML"
    assert stated["description"]
    assert [argument["name"] for argument in stated["arguments"]] == macro.argument_names
    assert all(argument["description"] for argument in stated["arguments"])
    # From dbt 1.12 on, another word is a warning in everybody's project.
    assert [argument["type"] for argument in stated["arguments"] if not is_valid_type(argument["type"])] == []


def test_a_topic_of_the_contract_is_described_beside_it() -> None:
    for path in CONTRACT.glob("*.sql"):
        stated = yaml.safe_load(path.with_suffix(".yml").read_text())["macros"]
        assert [macro["name"] for macro in stated] == [macro.name for macro in defined_in(path) if "__" not in macro.name]


def test_yaml_names_only_macros_that_are_there() -> None:
    assert set(documented()) <= {macro.documented_name for macro in all_macros()}


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


def test_dbt_reads_all_macros_but_those_of_other_adapters() -> None:
    paths = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["macro-paths"]
    folders = [path for path in MACROS.iterdir() if path.is_dir() and path.name != "adapters"]
    wanted = [
        *sorted(f"macros/{path.name}" for path in folders),
        "macros/adapters/_contract",
        "macros/adapters/{{ target.type }}",
    ]
    assert paths == wanted
    assert not list(MACROS.glob("*.sql"))
    for adapter in ADAPTERS:
        own = {macro.name for path in (MACROS / "adapters" / adapter).glob("*.sql") for macro in defined_in(path)}
        others = [macro for macro in all_macros() if macro.path.parent.name != adapter]
        assert not [(macro.path, name) for macro in others for name in re.findall(r"dbt_llm\.(\w+)", macro.text) if name in own]


def test_no_module_of_python_or_agate_in_macros() -> None:
    """dbt's second engine has neither."""
    for path in FILES:
        assert not re.search(r"modules\.|\.print_table|\.columns\[|\.to_json\(", path.read_text()), identify(path)


def test_the_versions_agree() -> None:
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["version"]
    assert f'version = "{project}"' in (ROOT / "pyproject.toml").read_text()
    assert f'__version__ = "{project}"' in (ROOT / "src" / "dbt_llm" / "__init__.py").read_text()
    assert f"## {project}" in (ROOT / "CHANGELOG.md").read_text()

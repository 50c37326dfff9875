"""A Pydantic class as a response format, what is refused, and when two response formats are the same."""

import enum
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
import yaml
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    PastDate,
    RootModel,
    StringConstraints,
    create_model,
    field_validator,
    model_validator,
)
from typing_extensions import TypedDict

from dbt_llm.client import ConfigurationError, MissingDependencyError
from dbt_llm.contract import request_key
from dbt_llm.response_format import differences, response_format_of
from dbt_llm.response_format.plain import plain_response_format
from dbt_llm.response_format.yaml_text import to_yaml, without_raw
from tests.support.project import PII, Project


class Color(enum.Enum):
    """What it looks like."""

    RED = "red"
    BLUE = "blue"


class City(BaseModel):
    name: str


class Node(BaseModel):
    name: str
    children: "list[Node]"


class First(BaseModel):
    second: "Second | None"


class Second(BaseModel):
    first: list[First]


@dataclass
class Point:
    x: int
    y: int = 0


class Size(TypedDict, total=False):
    width: int


def field(annotation: Any, **options: Any) -> Any:
    """The schema of one field."""
    return response_format_of(create_model("M", x=(annotation, Field(**options))))["x"]


def faults(model: Any) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        response_format_of(model)
    return raised.value.faults


def test_the_short_form_where_it_says_all() -> None:
    class PiiRisk(BaseModel):
        has_pii: bool
        pii_types: list[Literal["email", "phone"]]
        confidence: float = Field(ge=0.0, le=1.0)

    assert response_format_of(PiiRisk) == {
        "has_pii": {"type": "boolean"},
        "pii_types": {"type": "array", "items": {"type": "string", "enum": ["email", "phone"]}},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    }


def test_the_full_form_where_the_object_says_more() -> None:
    class Open(BaseModel):
        a: int
        b: int = 1

    class Closed(BaseModel):
        model_config = ConfigDict(extra="forbid")
        a: int

    class Told(BaseModel):
        """What it is for."""

        a: int

    class Titled(BaseModel):
        model_config = ConfigDict(title="Titled")
        a: int

    a = {"type": "integer"}
    properties = {"a": a, "b": {"type": "integer", "default": 1}}
    assert response_format_of(Open) == {"type": "object", "required": ["a"], "properties": properties}
    assert response_format_of(Closed) == {"type": "object", "additionalProperties": False, "properties": {"a": a}}
    assert response_format_of(Told) == {"type": "object", "description": "What it is for.", "properties": {"a": a}}
    assert response_format_of(Titled) == {"type": "object", "title": "Titled", "properties": {"a": a}}
    assert response_format_of(create_model("M", a=(int, 1))) == {
        "type": "object", "required": [], "properties": {"a": {"type": "integer", "default": 1}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("annotation", "options", "expected"),
    [
        (int | None, {"gt": 0}, {"type": ["integer", "null"], "exclusiveMinimum": 0}),
        (Literal["a"] | None, {}, {"type": ["string", "null"], "enum": ["a", None]}),
        (Literal[None, "a"], {}, {"type": ["string", "null"], "enum": ["a", None]}),
        (Literal["a"], {}, {"type": "string", "const": "a"}),
        (Literal[1, 2], {}, {"type": "integer", "enum": [1, 2]}),
        (Color, {}, {"type": "string", "description": "What it looks like.", "enum": ["red", "blue"]}),
        (
            Color | None,
            {"description": "Mine"},
            {"type": ["string", "null"], "description": "Mine", "enum": ["red", "blue", None]},
        ),
        (City, {}, {"type": "object", "properties": {"name": {"type": "string"}}}),
        (City | None, {}, {"type": ["object", "null"], "properties": {"name": {"type": "string"}}}),
        (
            Point,
            {},
            {
                "type": "object",
                "required": ["x"],
                "properties": {"x": {"type": "integer"}, "y": {"type": "integer", "default": 0}},
            },
        ),
        (Size, {}, {"type": "object", "required": [], "properties": {"width": {"type": "integer"}}}),
        (Iterable[int], {}, {"type": "array", "items": {"type": "integer"}}),
        (tuple[int, ...], {"max_length": 2}, {"type": "array", "maxItems": 2, "items": {"type": "integer"}}),
        (str, {"title": "T", "examples": ["a"]}, {"type": "string", "title": "T", "examples": ["a"]}),
        (str, {"pattern": re.compile("^a")}, {"type": "string", "pattern": "^a"}),
    ],
)
def test_a_field(annotation: Any, options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert field(annotation, **options) == expected


def test_a_default_that_json_cannot_hold_only_makes_the_field_optional(recwarn: pytest.WarningsRecorder) -> None:
    made = response_format_of(create_model("M", x=(int, object()), y=(int, ...)))
    assert made == {"type": "object", "required": ["y"], "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}}
    assert not recwarn.list


@pytest.mark.parametrize(
    ("annotation", "options", "path", "construct", "instead"),
    [
        (set[str], {}, "M.x", "a set", "list["),
        (list[frozenset[str]], {}, "M.x.items", "a set", "list["),
        (tuple[int, str], {}, "M.x", "a tuple", "a model"),
        (dict[str, int], {}, "M.x", "a dict", "a model with named fields"),
        (dict, {}, "M.x", "a dict", "a model with named fields"),
        (Any, {}, "M.x", "Any", "a type"),
        (list, {}, "M.x.items", "Any", "a type"),
        (int | str, {}, "M.x", "a union: int | str", "one type"),
        (City | Point | None, {}, "M.x", "a union: City | Point", "one whose fields may be None"),
        (None, {}, "M.x", "None alone", "a type beside it"),
        (Decimal, {}, "M.x", "Decimal", "float"),
        (UUID, {}, "M.x", "UUID", "str"),
        (bytes, {}, "M.x", "bytes", "str"),
        (timedelta, {}, "M.x", "timedelta", "str"),
        (Callable[[], int], {}, "M.x", "no form for (callable)", "a type of JSON"),
        (NaiveDatetime, {}, "M.x", "a datetime without offset", "AwareDatetime"),
        (PastDate, {}, "M.x", "a bound of a date", "no bound"),
        (date, {"ge": date(2026, 1, 1)}, "M.x", "a bound of a date", "no bound"),
        (int, {"multiple_of": 5}, "M.x", "multiple_of", "Literal"),
        (str, {"pattern": re.compile("^a", re.IGNORECASE)}, "M.x", "a pattern with flags", "needs none"),
        (Annotated[str, StringConstraints(strip_whitespace=True)], {}, "M.x", "strip_whitespace", "as it comes"),
        (Annotated[int, AfterValidator(abs)], {}, "M.x", "a validator in Python (abs)", "Field"),
        (int, {"validation_alias": AliasChoices("y", "z")}, "M.y", "AliasChoices", "one alias"),
        (int, {"validation_alias": AliasPath("y", "z")}, "M.x", "AliasPath", "one alias"),
        (float, {"gt": 0.00001}, "M.x.exclusiveMinimum", "1e-05", "at least 0.0001"),
        (Literal["a", 1], {}, "M.x", "'a', '1'", "one type"),
        (str, {"json_schema_extra": {"pattern": "^(?=a)"}}, "M.x.pattern", "(?=a)", "'(?'"),
        (str, {"json_schema_extra": {"maxLenght": 3}}, "M.x", "maxLenght", "'maxLength'"),
        (Node, {}, "M.x.children.items", "Node", "a depth that ends"),
        (First, {}, "M.x.second.first.items", "First", "a depth that ends"),
    ],
)
def test_what_is_refused(annotation: Any, options: dict[str, Any], path: str, construct: str, instead: str) -> None:
    [fault] = faults(create_model("M", x=(annotation, Field(**options))))
    assert fault.startswith(f"{path}: ")
    expected, got = fault.split(". Expected ", 1)[1].split("; got ", 1)
    assert instead in expected and construct in got, fault
    assert fault.endswith((".", "?"))


def test_validators_of_a_class_are_refused() -> None:
    class Checked(BaseModel):
        a: int
        b: int

        @field_validator("a")
        @classmethod
        def even(cls, value: int) -> int:
            return value

        @model_validator(mode="after")
        def ordered(self) -> "Checked":
            return self

    one, other = faults(Checked)
    assert one.startswith("Checked: ") and "(ordered)" in one
    assert other.startswith("Checked.a: ") and "(even)" in other


@pytest.mark.parametrize(
    "config", [{"str_max_length": 3}, {"str_min_length": 1}, {"str_to_lower": True}, {"str_strip_whitespace": True}]
)
def test_what_a_class_says_of_all_its_texts_is_refused(config: ConfigDict) -> None:
    [fault] = faults(create_model("M", __config__=config, x=(str, ...)))
    assert f"got '{next(iter(config))} in model_config'" in fault


def test_an_alias_that_documents_may_not_use_is_refused() -> None:
    config = ConfigDict(validate_by_alias=False, validate_by_name=True)
    [fault] = faults(create_model("M", __config__=config, x=(str, Field(alias="y"))))
    assert "validate_by_alias" in fault
    assert response_format_of(create_model("M", __config__=config, x=(str, ...))) == {"x": {"type": "string"}}


def test_all_faults_come_at_once() -> None:
    class Inner(BaseModel):
        model_config = ConfigDict(str_to_upper=True)
        pair: tuple[int, int]

    class Many(BaseModel):
        tags: set[Decimal]
        inner: list[Inner]
        llm_status: int
        kind: Literal["a", 1]

    paths = [fault.split(":")[0] for fault in faults(Many)]
    assert paths == ["Many.tags", "Many.tags.items", "Many.inner.items", "Many.inner.items.pair", "Many", "Many.kind"]


def test_what_is_no_class_is_refused() -> None:
    for given, got in [({"a": {"type": "string"}}, "dict"), (City(name="a"), "City"), (Point, "Point"), (None, "NoneType")]:
        [fault] = faults(given)
        assert f"got '{got}'" in fault

    class Unfinished(BaseModel):
        x: "NotThere"  # noqa: F821

    [fault] = faults(Unfinished)
    assert "NotThere" in fault
    for root in (RootModel[list[int]], RootModel[City | None]):
        assert "a root type" in faults(root)[0]
    assert response_format_of(RootModel[City]) == response_format_of(City)


def test_without_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic", None)
    with pytest.raises(MissingDependencyError, match=re.escape("pip install 'dbt-llm[pydantic]'")):
        response_format_of(City)


@pytest.mark.parametrize("version", ["1.10.13", "2.8.2"])
def test_with_an_old_pydantic(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pydantic.VERSION", version)
    with pytest.raises(MissingDependencyError, match=f"pydantic {version} is too old"):
        response_format_of(City)


class Awkward(BaseModel):
    """Two
    lines: # with a mark."""

    yes: Literal["yes", "no", "null", "1e5", "0o7", "1_000", "2026-01-01", "~", "a: b", " a", "é🙂"]
    raw: str = Field(pattern="^[{#]a", description="{{ not_jinja }} {% nor this %}")
    maybe: Literal[1, 2, None] = None
    long: str = Field(description="word " * 60)
    city: list[City] = Field(min_length=1)
    on: date = date(2026, 2, 28)


def test_the_yaml_is_the_response_format() -> None:
    text = to_yaml(response_format_of(Awkward))
    assert without_raw(yaml.safe_load(text)) == {"response_format": response_format_of(Awkward)}
    assert len(max(text.splitlines(), key=len)) < 140


def test_dbt_reads_the_yaml_as_it_was_meant(project: Project) -> None:
    """The text pasted below `meta: llm:`; dbt's Jinja and YAML lie between."""
    pasted = "".join(f"          {line}\n" if line else "\n" for line in to_yaml(response_format_of(Awkward)).splitlines())
    (project.models / "pii_risk.yml").write_text(
        "models:\n  - name: pii_risk\n    config:\n      meta:\n        llm:\n"
        f"          endpoint: fast\n          prompt: '{{body}}'\n{pasted}"
    )
    result = project.dbt("parse", DBT_WRITE_JSON="true")
    assert result.ok, result.output
    manifest = json.loads((project.folder / "target" / "manifest.json").read_text())
    meta = manifest["nodes"]["model.project.pii_risk"]["config"]["meta"]
    assert meta["llm"]["response_format"] == response_format_of(Awkward)


def test_class_and_yaml_have_one_request_key() -> None:
    class PiiRisk(BaseModel):
        has_pii: bool

    options: dict[str, Any] = {"model_name": "m", "model_parameters": {}}
    from_yaml = yaml.safe_load(to_yaml(response_format_of(PiiRisk)))["response_format"]
    assert request_key("p", response_format=response_format_of(PiiRisk), **options) == request_key(
        "p", response_format=from_yaml, **options
    )


STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "null"]}, {"anyOf": [STRING, {"type": "null"}]}),
        ({"const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}),
        ({"enum": ["a", None]}, {"type": "string", "nullable": True, "enum": ["a"]}),
        ({"type": "integer", "maximum": 1}, {"type": "integer", "maximum": 1.0}),
        ({"type": "string", "nullable": False}, STRING),
        ({"type": "string", "title": "T", "description": "d", "default": "a", "examples": ["b"]}, STRING),
        (
            {"type": "object", "properties": {"a": STRING, "b": STRING}},
            {"type": "object", "required": ["b", "a"], "additionalProperties": True, "properties": {"b": STRING, "a": STRING}},
        ),
    ],
)
def test_equal_is_what_validates_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    formats = [plain_response_format({"x": schema, "l": {"type": "array", "items": schema}}, "f") for schema in (one, other)]
    assert differences(*formats) == differences(*reversed(formats)) == []


def test_references_are_put_in_their_place() -> None:
    full = {"type": "object", "$defs": {"City": {"type": "object", "properties": {"name": STRING}}}}
    given = {**full, "properties": {"city": {"$ref": "#/$defs/City"}}}
    assert differences(response_format_of(create_model("M", city=(City, ...))), plain_response_format(given, "f")) == []
    with pytest.raises(ConfigurationError, match="f.city: nothing has this name"):
        plain_response_format({**full, "properties": {"city": {"$ref": "#/$defs/Town"}}}, "f")


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ({"type": "string", "maxLength": 3}, STRING, "x.maxLength: expected 3; got nothing"),
        (STRING, {"type": "string", "nullable": True}, "x.nullable: expected nothing; got true"),
        ({"type": "integer"}, {"type": "number"}, 'x.type: expected "integer"; got "number"'),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, 'x.enum: expected ["a", "b"]; got ["a"]'),
        ({"type": "integer", "enum": [1]}, {"type": "integer", "enum": [2]}, "x.enum: expected [1]; got [2]"),
        (
            {"type": "array", "items": {"type": "integer"}},
            {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "x.items.minimum: expected nothing; got 1",
        ),
        (
            {"type": "object", "properties": {"a": STRING}},
            {"type": "object", "required": [], "properties": {"a": STRING}},
            'x.required: expected ["a"]; got []',
        ),
        (
            {"type": "object", "properties": {"a": STRING, "b": STRING}, "required": ["a"]},
            {"type": "object", "properties": {"a": STRING}},
            'x.b: expected {"type": "string"}; got nothing',
        ),
    ],
)
def test_differences_have_a_path(one: dict[str, Any], other: dict[str, Any], difference: str) -> None:
    formats = [plain_response_format({"x": schema}, "f") for schema in (one, other)]
    assert [str(found) for found in differences(*formats)] == [difference]


def test_annotations_count_where_asked() -> None:
    one, other = {"x": {"type": "string", "description": "a"}}, {"x": STRING}
    assert differences(one, other) == []
    [found] = differences(one, other, annotations=True)
    assert str(found) == 'x.description: expected "a"; got nothing'


@pytest.mark.parametrize("given", [None, {}, [], "{{ var('x') }}", {"x": {"oneOf": [STRING]}}, {"x": {"maxLenght": 1}}])
def test_a_response_format_that_cannot_work_is_an_error(given: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^f"):
        plain_response_format(given, "f")


def test_the_example_of_the_design() -> None:
    class PiiRisk(BaseModel):
        has_pii: bool
        pii_types: list[Literal["email", "phone", "ssn", "card", "address"]]
        confidence: float = Field(ge=0, le=1)

    assert differences(response_format_of(PiiRisk), plain_response_format(PII["response_format"], "f")) == []

"""One document, three judges: the Pydantic class, jsonschema over its response format, and the SQL that validates.

Pydantic judges strictly, as JSON Schema knows no coercion. Two things it holds otherwise are left out of the documents:
`3.0`, which is an integer to JSON Schema, and the laxer forms of a time (without seconds or offset), which RFC 3339 forbids.
"""

import enum
import json
import re
from collections import Counter
from datetime import date, datetime
from typing import Annotated, Any, Literal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel, ValidationError

from dbt_llm.macros import Macros
from dbt_llm.response_format import response_format_of
from dbt_llm.response_format.plain import validation_faults


class Kind(enum.Enum):
    EMAIL = "email"
    PHONE = "phone"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 3


class Only(enum.Enum):
    ONE = "one"


class Texts(BaseModel):
    plain: str
    short: str = Field(min_length=1, max_length=3)
    code: str = Field(pattern="^[A-Z]{2}[0-9]+")
    part: str | None = Field(pattern="b.b")


class Numbers(BaseModel):
    plain: int
    bounded: int = Field(ge=-1, le=3)
    above: int = Field(gt=0)
    share: float = Field(ge=0, le=1)
    open: float = Field(gt=0.5, lt=2.5)
    maybe: int | None = Field(lt=2)


class Flags(BaseModel):
    plain: bool
    always: Literal[True]
    maybe: bool | None


class Choices(BaseModel):
    text: Literal["a", "it's", "1"]
    one: Literal["a"]
    number: Literal[1, 3]
    half: Literal[0.5, 2.5]
    with_null: Literal["a", "b", None]
    maybe_one: Literal["a"] | None
    kind: Kind
    level: Level
    only: Only
    maybe_kind: Kind | None


class Times(BaseModel):
    day: date
    maybe_day: date | None
    at: datetime
    aware: AwareDatetime


class Lists(BaseModel):
    texts: list[str]
    some: list[int] = Field(min_length=1, max_length=2)
    shares: list[Annotated[float, Field(ge=0, le=1)]]
    kinds: list[Kind]


class ListsOfMore(BaseModel):
    maybe: list[str] | None
    of_maybe: list[int | None]
    deep: list[list[Literal["a", "b"]]]
    any_length: tuple[int, ...]


class Address(BaseModel):
    """Where."""

    city: str
    zip: str = Field(default="", max_length=3)


class Short(RootModel[Annotated[str, Field(max_length=2)]]):
    pass


class Nested(BaseModel):
    address: Address
    maybe: Address | None = Field(description="if there is one")
    all: list[Address] = Field(max_length=2)
    short: Short


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    city: str
    inner: "ClosedInner | None"


class ClosedInner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int = Field(default=3, ge=1)


class Defaults(BaseModel):
    model_config = ConfigDict(extra="allow")
    text: str = "a"
    number: int | None = None
    kind: Kind = Kind.EMAIL
    day: date = date(2026, 2, 28)
    texts: list[str] = Field(default_factory=list)
    address: Address = Address(city="Ulm")


class Named(BaseModel):
    other: str = Field(alias="name")
    city: int = Field(validation_alias="place", default=1)


MODELS = [Texts, Numbers, Flags, Choices, Times, Lists, ListsOfMore, Nested, Closed, Defaults, Named]

FORMATS = FormatChecker()


@FORMATS.checks("date-time")
def is_date_time(value: Any) -> bool:
    """jsonschema checks this format with a package that is not installed here."""
    if not isinstance(value, str):
        return True
    form = r"(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.\d+)?([Zz]|[+-]\d{2}:\d{2})"
    found = re.fullmatch(form, value, re.ASCII)
    if found is None:
        return False
    try:
        # Python 3.10 reads neither Z nor any number of digits.
        datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def full(response_format: dict[str, Any]) -> dict[str, Any]:
    """The response format as standard JSON Schema, which requires nothing unless it says so."""
    schema = response_format if response_format.get("type") == "object" else {"type": "object", "properties": response_format}
    return explicit(schema)


def explicit(schema: dict[str, Any]) -> dict[str, Any]:
    found = dict(schema)
    if "properties" in found:
        found["properties"] = {name: explicit(member) for name, member in found["properties"].items()}
        found.setdefault("required", list(found["properties"]))
    if "items" in found:
        found["items"] = explicit(found["items"])
    return found


SCALARS: list[Any] = [
    *(None, True, False, -2, -1, 0, 1, 2, 3, 4, 0.5, 1.5, 2.5, -0.25),
    *("", "a", "b", "it's", "1", "one", "email", "phone", "fax", "Ulm", "abcd", "éé🙂", "AB1", "AB", "ab1", "xbabx", "A\tB"),
    *("2026-02-28", "2026-02-30", "28.02.2026", "2024-02-29"),
    *("2026-02-28T10:00:00Z", "2026-02-28T10:00:00.25+02:00", "2026-02-30T10:00:00Z", "2026-02-28T25:00:00Z"),
]  # fmt: skip


def documents(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that often meet the schema, and now and then miss it in one place or another."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    likely: list[st.SearchStrategy[Any]] = []
    if "enum" in schema or "const" in schema:
        likely.append(st.sampled_from([*schema.get("enum", []), *([schema["const"]] if "const" in schema else [])]))
    elif "object" in kinds:
        likely.append(objects(schema))
    elif "array" in kinds:
        likely.append(st.lists(documents(schema["items"]), max_size=3))
    else:
        validator = Draft202012Validator(schema, format_checker=FORMATS)
        likely.append(st.sampled_from([value for value in SCALARS if validator.is_valid(value)]))
    if "null" in kinds:
        likely.append(st.none())
    anything = st.one_of(st.sampled_from(SCALARS), st.lists(st.sampled_from(SCALARS), max_size=1), st.just({}))
    typed = Draft202012Validator({"type": schema["type"]})
    near = st.sampled_from([value for value in SCALARS if typed.is_valid(value)] or [None])
    return st.integers(0, 99).flatmap(lambda n: anything if n == 0 else near if n < 4 else st.one_of(likely))


@st.composite
def objects(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    found = {name: draw(documents(member)) for name, member in schema["properties"].items()}
    for name in schema["properties"]:
        if draw(st.integers(0, 3 if name not in schema["required"] else 80)) == 0:
            del found[name]
    if draw(st.integers(0, 9)) == 0:
        found["extra"] = draw(st.sampled_from(SCALARS))
    return found


class Judges:
    """The three, for one class."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model
        self.schema = full(response_format_of(model))
        self.validator = Draft202012Validator(self.schema, format_checker=FORMATS)
        self.macros = Macros("duckdb", {})
        # What a task makes of the response format, in the form that stands in its YAML.
        normal = self.normal = self.macros.call("_response_schema", response_format_of(model))
        members = "".join(
            f", {self.macros.call('json_member', json_expression='_dbt_llm_json', name=name)}"
            f" as {self.macros.call('_value_column', name=name)}"
            for name in normal["properties"]
        )
        facets = "".join(f", {sql} as {column}" for column, sql in self.macros.call("_facet_columns", schema=normal).items())
        self.connection = duckdb.connect()
        self.query = (
            f"select {self.macros.call('_reason_expression', schema=normal)}"
            f" from (select *{facets} from (select *{members} from (select n,"
            " 'p' as _dbt_llm_prompt, 'succeeded' as _dbt_llm_response_status, null as _dbt_llm_error_class,"
            f" {self.macros.call('parse_json', text_expression='completion')} as _dbt_llm_json from completions))) order by n"
        )

    def pydantic(self, document: Any) -> str | None:
        """Why not, or None."""
        try:
            self.model.model_validate_json(json.dumps(document, allow_nan=False), strict=True)
        except ValidationError as error:
            return str(error)
        return None

    def jsonschema(self, document: Any) -> str | None:
        fault = next(self.validator.iter_errors(document), None)
        return fault and fault.message

    def is_valid(self, document: Any) -> bool:
        return self.pydantic(document) is None and self.jsonschema(document) is None

    def sql(self, documents: list[Any]) -> list[str | None]:
        """One answer for each document, in one query: to plan it takes longer than to run it."""
        self.connection.execute("create or replace table completions (n integer, completion varchar)")
        rows = [(n, json.dumps(document)) for n, document in enumerate(documents)]
        self.connection.executemany("insert into completions values (?, ?)", rows)
        return [reason for (reason,) in self.connection.execute(self.query).fetchall()]


def _left_out(document: Any, schema: dict[str, Any]) -> Any:
    """The document without nulls for what is not required."""
    if isinstance(document, list) and "items" in schema:
        return [_left_out(item, schema["items"]) for item in document]
    if not isinstance(document, dict) or "properties" not in schema:
        return document
    members = schema["properties"]
    return {
        name: _left_out(member, members.get(name, {}))
        for name, member in document.items()
        if member is not None or name in schema["required"] or name not in members
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_document_is_valid_for_all_or_for_none(model: type[BaseModel]) -> None:
    judges = Judges(model)
    Draft202012Validator.check_schema(judges.schema)
    assert validation_faults(response_format_of(model), "f") == []
    judged: list[tuple[Any, bool]] = []

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
    @given(document=documents(judges.schema))
    def judge(document: Any) -> None:
        one, other = judges.pydantic(document), judges.jsonschema(document)
        assert (one is None) == (other is None), (one, other)
        judged.append((document, one is None))

    judge()
    # Null for what is not required is missing in SQL, and a fault to the two others.
    for (document, is_valid), reason in zip(judged, judges.sql([document for document, _ in judged]), strict=True):
        is_valid = is_valid or judges.is_valid(_left_out(document, judges.normal))
        assert (reason is None) == is_valid, (document, reason)
    counts = Counter(is_valid for _, is_valid in judged)
    assert min(counts[True], counts[False]) >= 20, counts


def test_an_integer_may_be_written_as_3_0() -> None:
    """The one place where strict Pydantic is the narrower one; without `strict` it agrees."""
    document = {"plain": 3.0, "bounded": 1, "above": 1, "share": 1, "open": 1, "maybe": None}
    judges = Judges(Numbers)
    assert judges.pydantic(document) and judges.jsonschema(document) is None and judges.sql([document]) == [None]
    assert Numbers.model_validate_json(json.dumps(document)).plain == 3


@pytest.mark.parametrize("at", ["2026-02-28T10:00:00", "2026-02-28T10:00Z", "2026-02-28T10:00:00+0200", "1700000000"])
def test_a_time_needs_its_seconds_and_its_offset(at: str) -> None:
    """Pydantic reads a `datetime` more freely than RFC 3339 writes one; a completion is held to the RFC."""
    document = {"day": "2026-02-28", "maybe_day": None, "at": at, "aware": "2026-02-28T10:00:00Z"}
    judges = Judges(Times)
    assert judges.pydantic(document) is None and judges.jsonschema(document) and judges.sql([document]) == ["wrong_format:at"]

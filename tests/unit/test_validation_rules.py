"""The SQL that validates a completion agrees with the jsonschema library, over any schema and any JSON."""

import json
import re
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tests.support import judged
from tests.support.macros import Macros

PII = {
    "has_pii": {"type": "boolean"},
    "pii_types": {"type": "array", "items": {"enum": ["email", "phone"]}},
    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
}


def reason(macros: Macros, response_format: dict[str, Any], completion: str) -> str | None:
    """Why this completion is quarantined, by the macro's SQL."""
    schema = macros.call("_response_schema", response_format=response_format)
    assert macros.call("_schema_faults", schema=schema, where="f") == []
    members = "".join(
        f", {macros.call('json_member', json_expression='_dbt_llm_json', name=name)} as {macros.call('_value_column', name=name)}"
        for name in schema["properties"]
    )
    facets = "".join(f", {sql} as {column}" for column, sql in macros.call("_facet_columns", schema=schema).items())
    rules = macros.call("_reason_expression", schema=schema)
    answer = duckdb.execute(
        f"select {rules} from (select *{facets} from (select *{members} from (select 'p' as _dbt_llm_prompt,"
        " 'succeeded' as _dbt_llm_response_status, null as _dbt_llm_error_class,"
        f" {macros.call('parse_json', text_expression='?::varchar')} as _dbt_llm_json)))",
        [completion],
    ).fetchone()
    assert answer is not None
    return answer[0]


@pytest.mark.parametrize(
    ("label", "answer", "expected"),
    [
        ("element", "element", None),
        ("element", "other", "not_in_enum:x"),
        ("json_type(element)", "json_type(element)", None),
        ("json_type(element)", "element", "not_in_enum:x"),
        ("json_extract_string(element, '$')", "json_extract_string(element, '$')", None),
        ("json_extract_string(element, '$')", "element", "not_in_enum:x"),
    ],
)
def test_a_label_that_reads_like_the_rule_is_a_label(macros: Macros, label: str, answer: str, expected: str | None) -> None:
    """DuckDB's rules on elements are asked of their types or texts: a literal that looks the same is left as it is."""
    labels = {"x": {"type": "array", "items": {"enum": [label]}}}
    assert reason(macros, labels, json.dumps({"x": [answer]})) == expected


def test_a_members_type_is_read_once(macros: Macros) -> None:
    """Whatever the number of rules, on DuckDB each is asked of columns that were read before."""
    schema = macros.call("_response_schema", response_format=PII)
    rules = macros.call("_reason_expression", schema=schema)
    assert "json_type(_dbt_llm_value" not in rules.replace("json_type(_dbt_llm_value_pii_types, '$[*]')", "")
    assert "json_extract_string(_dbt_llm_value" not in rules.replace("json_extract_string(_dbt_llm_value_pii_types, '$[*]')", "")


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ('{"has_pii": true, "pii_types": ["email"], "confidence": 0.5}', None),
        ('{"has_pii": true, "pii_types": [], "confidence": 1, "note": "extra is allowed"}', None),
        ("", "invalid_json"),
        ("I think so", "invalid_json"),
        ('{"has_pii": tr', "invalid_json"),
        ("[]", "invalid_json"),
        ("null", "invalid_json"),
        ('"text"', "invalid_json"),
        ("{}", "missing:has_pii"),
        ('{"has_pii": true, "pii_types": []}', "missing:confidence"),
        ('{"has_pii": null, "pii_types": [], "confidence": 1}', "wrong_type:has_pii"),
        ('{"has_pii": "true", "pii_types": [], "confidence": 1}', "wrong_type:has_pii"),
        ('{"has_pii": true, "pii_types": "email", "confidence": 1}', "wrong_type:pii_types"),
        ('{"has_pii": true, "pii_types": ["email", 1], "confidence": 1}', "wrong_type:pii_types"),
        ('{"has_pii": true, "pii_types": ["email", "fax"], "confidence": 1}', "not_in_enum:pii_types"),
        ('{"has_pii": true, "pii_types": [], "confidence": 1.7}', "out_of_range:confidence"),
        ('{"has_pii": true, "pii_types": [], "confidence": -0.1}', "out_of_range:confidence"),
    ],
)
def test_reason(completion: str, expected: str | None, macros: Macros) -> None:
    assert reason(macros, PII, completion) == expected


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, "1.0", None),
        ({"type": "integer"}, "1.5", "wrong_type:x"),
        ({"type": "integer"}, "1e300", "out_of_range:x"),
        ({"type": "integer"}, "9223372036854775807", None),
        ({"type": "integer"}, "9223372036854775808", "out_of_range:x"),
        ({"type": "integer"}, "123456789012345678901234567890", "out_of_range:x"),
        # A double on its way here: below 2^53 it is the integer that was written, above it may be a neighbour.
        ({"type": "integer"}, "9007199254740991.0", None),
        ({"type": "integer"}, "9007199254740993.0", "out_of_range:x"),
        ({"type": "integer"}, "2512292042121000001.5", "out_of_range:x"),
        ({"enum": [2512292042121000001]}, "2512292042121000001", None),
        ({"enum": [2512292042121000001]}, "2512292042121000000", "not_in_enum:x"),
        ({"const": 2512292042121000001}, "2512292042121000000", "not_const:x"),
        ({"type": "integer", "maximum": 2512292042121000000}, "2512292042121000001", "out_of_range:x"),
        ({"type": "integer", "exclusiveMinimum": 2512292042121000000}, "2512292042121000001", None),
        ({"type": "integer", "exclusiveMinimum": 2512292042121000001}, "2512292042121000001", "out_of_range:x"),
        ({"type": "integer", "minimum": 1.5}, "1", "out_of_range:x"),
        ({"type": "integer", "minimum": 1.5}, "2", None),
        ({"type": "integer", "exclusiveMaximum": 2.5}, "2", None),
        ({"type": "integer", "maximum": 10**30}, "5", None),
        (
            {"type": "array", "items": {"type": "integer", "enum": [2512292042121000001]}},
            "[2512292042121000000]",
            "not_in_enum:x",
        ),
        ({"type": "number"}, "2512292042121000000.5", None),
        ({"type": "number"}, "1e20", None),
        ({"type": "number"}, "2512292042120999936", None),
        ({"type": "number"}, "2512292042121000001", "out_of_range:x"),
        ({"type": "number"}, "-123456789012345678901234567890", "out_of_range:x"),
        ({"type": "number", "maximum": 10**19}, "1e19", None),
        ({"type": "number"}, "1e400", "out_of_range:x"),
        ({"type": ["string", "null"]}, "null", None),
        ({"type": "string", "nullable": True, "enum": ["a"]}, "null", None),
        ({"enum": ["a", None]}, "null", None),
        ({"enum": ["a", None]}, '"b"', "not_in_enum:x"),
        ({"const": 3}, "3.0", None),
        ({"const": 3}, "4", "not_const:x"),
        ({"type": "boolean", "const": True}, "false", "not_const:x"),
        ({"type": "string", "minLength": 2, "maxLength": 3}, '"é🙂"', None),
        ({"type": "string", "minLength": 2, "maxLength": 3}, '"a"', "wrong_length:x"),
        ({"type": "string", "pattern": "^[A-Z]{2}\\d+$"}, '"AB12"', None),
        ({"type": "string", "pattern": "^[A-Z]{2}\\d+$"}, '"AB"', "no_match:x"),
        ({"type": "string", "format": "date"}, '"2026-02-28"', None),
        ({"type": "string", "format": "date"}, '"2026-02-30"', "wrong_format:x"),
        ({"type": "string", "format": "date"}, '"28.02.2026"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00Z"', None),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00.5+02:00"', None),
        ({"type": "string", "format": "date-time"}, '"2026-02-28 10:00"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-28t10:00:00z"', None),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00.123456789Z"', None),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00+23:59"', None),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00+25:00"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00+02:60"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T24:00:00Z"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:60:00Z"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-30T10:00:00Z"', "wrong_format:x"),
        ({"type": "string", "format": "date-time"}, '"2026-02-28T10:00:00Z\\n"', "wrong_format:x"),
        ({"type": "string", "format": "date", "nullable": True}, "null", None),
        ({"type": ["string", "null"], "format": "date-time"}, "null", None),
        ({"type": "string", "nullable": True, "pattern": "^a", "minLength": 2}, "null", None),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "1", "out_of_range:x"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1}, "[]", "wrong_length:x"),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 1}, "[1, 2]", "wrong_length:x"),
        (
            {"type": "array", "items": {"type": "array", "items": {"type": "integer", "minimum": 0}}},
            "[[1], [2, -1]]",
            "out_of_range:x",
        ),
        ({"type": "object", "properties": {"city": {"type": "string"}}}, '{"city": 1}', "wrong_type:x.city"),
        ({"type": "object", "properties": {"city": {"type": "string"}}}, "{}", "missing:x.city"),
        ({"type": "object", "properties": {"city": {"type": "string"}}, "required": []}, "{}", None),
        # What is not required may be null: strict decoding has no other way to leave it out.
        ({"type": "object", "properties": {"city": {"type": "string"}}, "required": []}, '{"city": null}', None),
        ({"type": "object", "properties": {"city": {"type": "string"}}, "required": []}, '{"city": 1}', "wrong_type:x.city"),
        (
            {"type": "array", "items": {"type": "object", "properties": {"n": {"enum": ["a"]}}, "required": []}},
            '[{"n": null}, {}]',
            None,
        ),
        ({"type": "array", "items": {"type": "string"}}, "[null]", "wrong_type:x"),
        (
            {"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False},
            '{"city": "a", "b": 1}',
            "unexpected_property:x",
        ),
        (
            {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer", "maximum": 9}}}},
            '[{"n": 1}, {"n": 10}]',
            "out_of_range:x.n",
        ),
        ({"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}, "[{}]", "missing:x.n"),
    ],
)
def test_every_keyword(schema: dict[str, Any], value: str, expected: str | None, macros: Macros) -> None:
    assert reason(macros, {"x": schema}, f'{{"x": {value}}}') == expected


def test_unexpected_property_at_the_root(macros: Macros) -> None:
    closed = {"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False}
    assert reason(macros, closed, '{"x": 1}') is None
    assert reason(macros, closed, '{"x": 1, "y": 2}') == "unexpected_property"


@pytest.mark.parametrize(
    ("response_format", "expected"),
    [
        ({"x": {"type": "string", "oneOf": []}}, "unknown key 'oneOf'"),
        ({"x": {"$ref": "#/$defs/Address"}}, "unknown key '$ref', as a column has one type"),
        ({"x": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "`dbt-llm response-format` does so"),
        ({"x": {"type": "strng"}}, "not one type"),
        ({"x": {"type": ["string", "integer"]}}, "not one type"),
        ({"x": {"type": "array"}}, "x.items: not a schema"),
        ({"x": {"type": "object"}}, "x.properties: not a mapping"),
        ({"x": {"type": "string", "format": "email"}}, "x.format: not validated"),
        ({"x": {"type": "string", "pattern": "(?=a)"}}, "x.pattern"),
        ({"x": {"type": "number", "minimum": "a"}}, "x.minimum: not a number"),
        ({"x": {"enum": []}}, "x.enum: empty"),
        ({"x": {"enum": ["a", 1]}}, "not of one type"),
        ({"x": {"type": "integer", "enum": ["a"]}}, "not of the type 'integer'"),
        ({"x": {"enum": "a"}}, "x.enum: not a list"),
        ({"x": {"type": "string", "pattern": 12}}, "x.pattern: not a text"),
        ({"has space": {"type": "string"}}, "not a column name"),
        ({"x": {"type": "string"}, "X": {"type": "string"}}, "differ only by case"),
        ({"llm_status": {"type": "string"}}, "names its own columns"),
        ({1: {"type": "string"}}, "not a column name"),
        ({"x": "string"}, "x: not a schema"),
        ({"type": "object", "properties": {"x": {"type": "string"}}, "required": ["y"]}, "required: no such property"),
        ({"x": {"type": "object", "properties": {"y": {"type": "string", "minimum": 1}}}}, "x.y: unknown key 'minimum'"),
    ],
)
def test_unsupported_schemas_are_named(response_format: dict[str, Any], expected: str, macros: Macros) -> None:
    schema = macros.call("_response_schema", response_format=response_format)
    faults = macros.call("_schema_faults", schema=schema, where="f")
    assert any(expected in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{enum: [NO, DE, SE]}", "YAML read 'false' from what stands there without quotes"),
        ("{type: string, enum: [yes, no]}", "YAML read 'true', 'false'"),
        ("{enum: [yes, no]}", "only booleans, which is also how YAML reads yes, no, on and off"),
        ("{const: on}", "only booleans"),
        ("{type: string, enum: [010, 020]}", "YAML read '8', '16'"),
        ("{enum: [010, 089]}", "YAML read '8'"),
        ("{enum: [12:30, noon]}", "YAML read '750'"),
        ("{enum: [2026-01-01, later]}", "YAML read '2026-01-01'"),
        ("{type: [string, null]}", "YAML reads null without quotes as no value: write it in quotes, 'null'"),
        (
            "{type: object, properties: {no: {type: string}}}",
            "not a column name. Expected letters, digits and underscores; got 'False'. YAML",
        ),
        ("{type: object, required: [no], properties: {a: {type: string}}}", "got 'False'. YAML read 'false'"),
    ],
)
def test_what_yaml_made_of_a_text_is_said(text: str, said: str, macros: Macros) -> None:
    schema = macros.call("_response_schema", response_format={"x": yaml.safe_load(text)})
    [fault] = macros.call("_schema_faults", schema=schema, where="f")
    assert said in fault, fault


@pytest.mark.parametrize(
    "text", ["{type: boolean}", "{type: boolean, enum: [yes, no]}", "{type: boolean, const: true}", "{enum: ['NO', null]}"]
)
def test_what_yaml_read_rightly_is_taken(text: str, macros: Macros) -> None:
    schema = macros.call("_response_schema", response_format={"x": yaml.safe_load(text)})
    assert macros.call("_schema_faults", schema=schema, where="f") == []


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "number", "enum": [2512292042121000001]}, "x.enum: a number is a double"),
        ({"type": "number", "maximum": 2**53 + 1}, "x.maximum: a number is a double"),
        ({"type": "integer", "maximum": 10**38}, "x.maximum: no number that every warehouse has"),
        ({"type": "number", "minimum": float("-inf")}, "x.minimum: no number that every warehouse has"),
    ],
)
def test_a_number_that_a_column_cannot_hold_is_named(schema: dict[str, Any], said: str, macros: Macros) -> None:
    normal = macros.call("_response_schema", response_format={"x": schema})
    [fault] = macros.call("_schema_faults", schema=normal, where="f")
    assert said in fault, fault


names = st.sampled_from(["a", "b", "order", "with_underscore"])
scalars = st.one_of(
    st.just({"type": "boolean"}),
    st.fixed_dictionaries({"type": st.just("integer")}, optional={"minimum": st.integers(-3, 3), "maximum": st.integers(-3, 3)}),
    st.fixed_dictionaries({"type": st.just("number")}, optional={"exclusiveMinimum": st.integers(-3, 3)}),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": st.integers(0, 2),
            "maxLength": st.integers(0, 3),
            "pattern": st.sampled_from(["^a", "b$", "\\d"]),
        },
    ),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["a", "b", "it's"]), min_size=1, unique=True)}),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def build(properties: dict[str, Any], optional: set[str], closed: bool | None) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": "object",
            "properties": properties,
            "required": sorted(set(properties) - optional),
        }
        return schema if closed is None else {**schema, "additionalProperties": not closed}

    return st.builds(build, st.dictionaries(names, inner, min_size=1, max_size=3), st.sets(names), st.none() | st.booleans())


def nullable_where_optional(schema: dict[str, Any]) -> dict[str, Any]:
    """The one thing that is judged otherwise than JSON Schema says: null for a property that is not required."""
    made = dict(schema)
    if "properties" in schema:
        members = {name: nullable_where_optional(member) for name, member in schema["properties"].items()}
        made["properties"] = {
            name: member if name in schema["required"] else {"anyOf": [member, {"type": "null"}]}
            for name, member in members.items()
        }
    if "items" in schema:
        made["items"] = nullable_where_optional(schema["items"])
    return made


schemas = st.recursive(
    scalars,
    lambda inner: (
        objects(inner)
        | st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 2)})
    ),
    max_leaves=5,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-4, 4) | st.sampled_from([0.5, -1.5, 2.0, "", "a", "ab", "it's", "b", "1é🙂"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(schema=objects(schemas), value=st.dictionaries(names, values, max_size=3))
def test_agrees_with_jsonschema(schema: dict[str, Any], value: dict[str, Any], macros: Macros) -> None:
    validator = Draft202012Validator(nullable_where_optional(schema), format_checker=FormatChecker())
    assert (reason(macros, schema, json.dumps(value)) is None) == validator.is_valid(value)


def test_typed_values(macros: Macros) -> None:
    response_format = {
        "s": {"type": "string"},
        "i": {"type": "integer"},
        "n": {"type": "number"},
        "b": {"type": "boolean"},
        "d": {"type": "string", "format": "date"},
        "t": {"type": "string", "format": "date-time"},
        "a": {"type": "array", "items": {"type": "string"}},
        "o": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "integer"}}, "required": ["city"]},
        "l": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    }
    schema = macros.call("_response_schema", response_format=response_format)
    document = json.dumps(
        {
            "s": 'it\'s "é" \n',
            "i": 3.0,
            "n": 1,
            "b": True,
            "d": "2026-02-28",
            "t": "2026-02-28T12:00:00+02:00",
            "a": ["x", "y,z"],
            "o": {"city": "Ulm", "other": 1},
            "l": [{"n": 1}, {"n": 2}],
        }
    )
    columns = ", ".join(
        macros.call("typed_value", json_expression=f"json_extract(j, '$.{name}')", schema=member)
        for name, member in schema["properties"].items()
    )
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    relation = connection.sql(f"select {columns} from (select ?::json as j)", params=[document])
    types = [re.sub(r'"', "", str(kind)).lower() for kind in relation.types]
    assert types == [
        "varchar", "bigint", "double", "boolean", "date", "timestamp with time zone", "varchar[]",
        "struct(city varchar, zip bigint)", "struct(n bigint)[]",
    ]  # fmt: skip
    [row] = relation.fetchall()
    assert row[0] == 'it\'s "é" \n' and row[1:4] == (3, 1.0, True)
    assert str(row[4]) == "2026-02-28" and row[5].isoformat() == "2026-02-28T10:00:00+00:00"
    assert row[6:] == (["x", "y,z"], {"city": "Ulm", "zip": None}, [{"n": 1}, {"n": 2}])


def test_typed_values_of_a_missing_member_are_null(macros: Macros) -> None:
    for schema in ({"type": "string"}, {"type": "integer"}, {"type": "array", "items": {"type": "string"}}):
        for document in ("{}", '{"x": null}'):
            expression = macros.call("typed_value", json_expression="json_extract(?::json, '$.x')", schema=schema)
            assert duckdb.execute(f"select {expression}", [document]).fetchone() == (None,)


def test_a_stored_array_that_was_null_is_no_fault(macros: Macros, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an empty one in a table of BigQuery, and NULL elsewhere."""
    adapters = ("duckdb", "snowflake", "databricks", "bigquery")
    assert [judged.macros(adapter).call("has_null_arrays") for adapter in adapters] == [True, True, True, False]
    array = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    schema = judged.normalised({"type": "object", "required": ["a"], "properties": {"a": array, "b": array}})
    assert all("minItems" in stored for stored in macros.call("_stored_schema", schema=schema)["properties"].values())
    answer = macros.manifest.macros["macro.dbt_llm.default__has_null_arrays"]
    monkeypatch.setattr(answer, "macro_sql", answer.macro_sql.replace("true", "false"))
    stored = macros.call("_stored_schema", schema=schema)["properties"]
    assert "minItems" in stored["a"] and "minItems" not in stored["b"]

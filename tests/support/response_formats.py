"""Response formats as users write them, what of them is sent to a warehouse's function, and what strict decoding may answer."""

import ast
import json
import math
import re
from collections import Counter
from typing import Any

from hypothesis import strategies as st

from dbt_llm.testing.chat import find_schema
from tests.support.judged import macros

Schema = dict[str, Any]

LOST = {
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), ("wrong_length",)),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), ("out_of_range",)),
    "pattern": ("no_match",),
    "format": ("wrong_format",),
    "enum": ("not_in_enum", "not_const"),
}
"""What a completion breaks where a keyword could not be sent. Nothing else may ever be broken."""


def task(schema: Schema) -> dict[str, Any]:
    return {"endpoint": {"model_name": "m"}, "model_parameters": {}, "response_schema": schema}


def of_databricks(schema: Schema) -> Schema:
    call = macros("databricks").call("_ai_query", "prompt", task(schema))
    [literal] = re.findall(r"responseFormat => '(.*)',\n", call)
    found: Schema = json.loads(re.sub(r"\\(.)", r"\1", literal))["json_schema"]["schema"]
    return found


def of_snowflake(schema: Schema) -> Schema:
    """The constant as Snowflake reads it: a NULL within an array would be `undefined`."""
    call = macros("snowflake").call("_ai_complete", "prompt", task(schema))
    [constant] = re.findall(r"response_format => (.*),\n", call)
    names = {"true": "True", "false": "False"}
    python = re.sub(r"\b(true|false)\b(?!')", lambda word: names[word[0]], constant.replace("''", "\\'"))
    found: Schema = ast.literal_eval(python)["schema"]
    return found


def of_bigquery(schema: Schema) -> Schema:
    body = json.loads(macros("bigquery").call("_gemini_parameters", task(schema)))
    found = find_schema({"generationConfig": {"responseSchema": body["generation_config"]["response_schema"]}})
    assert found is not None
    return found


# Response formats as users write them.
_low, _high = st.integers(-3, 0), st.integers(2, 4)
_leaves = st.one_of(
    st.fixed_dictionaries({"type": st.just("boolean")}, optional={"const": st.booleans()}),
    st.fixed_dictionaries({"type": st.just("integer")}, optional={"minimum": _low, "exclusiveMaximum": _high}),
    st.fixed_dictionaries({"type": st.just("number")}, optional={"exclusiveMinimum": _low, "maximum": _high}),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": st.integers(0, 1),
            "maxLength": st.integers(1, 3),
            "pattern": st.sampled_from(["^a", "b$", "\\d"]),
        },
    ),
    st.fixed_dictionaries({"type": st.just("string"), "format": st.sampled_from(["date", "date-time"])}),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from(["a", "b", "it's", None]), min_size=2, unique=True)}),
    st.fixed_dictionaries({"enum": st.lists(st.sampled_from([1, 2, 2**62 + 1]), min_size=1, unique=True)}),
    st.fixed_dictionaries({"const": st.sampled_from(["a", 3, 0.5])}),
)


def _may_be_null(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def change(schema: Schema, how: str) -> Schema:
        if how == "nullable":
            return {**schema, "nullable": True}
        return {**schema, "type": [schema["type"], "null"]} if how == "union" and "type" in schema else schema

    return st.builds(change, inner, st.sampled_from(["no", "no", "nullable", "union"]))


def objects_of(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def build(properties: dict[str, Schema], required: set[str] | None, closed: bool | None) -> Schema:
        schema: Schema = {"type": "object", "properties": properties}
        if required is not None:
            schema["required"] = sorted(required & set(properties))
        return schema if closed is None else {**schema, "additionalProperties": not closed}

    names = st.sampled_from(["a", "b", "c"])
    return st.builds(
        build, st.dictionaries(names, inner, min_size=1, max_size=3), st.none() | st.sets(names), st.none() | st.booleans()
    )


SCHEMAS = st.recursive(
    _may_be_null(_leaves),
    lambda inner: _may_be_null(
        objects_of(inner)
        | st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional={"minItems": st.integers(0, 2)})
    ),
    max_leaves=5,
)


def decoded(schema: Schema) -> st.SearchStrategy[Any]:
    """What strict decoding may answer: any value that the sent schema allows, and no property that it does not name."""
    if "anyOf" in schema:
        return st.one_of([decoded(one) for one in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_decoded_as(kind, schema) for kind in types])


def _decoded_as(kind: str, schema: Schema) -> st.SearchStrategy[Any]:
    if kind == "object":
        members = {name: decoded(member) for name, member in schema["properties"].items()}
        required = schema["required"]
        return st.fixed_dictionaries(
            {name: member for name, member in members.items() if name in required},
            optional={name: member for name, member in members.items() if name not in required},
        )
    if kind == "array":
        return st.lists(decoded(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
    if kind == "string":
        day = st.dates().map(str)
        moment = st.builds(
            lambda of, zone: f"{of}T01:02:03{zone}", day, st.sampled_from(["Z", "z", "+23:59", ".123456789-14:30"])
        )
        least, most = schema.get("minLength", 0), schema.get("maxLength", 4)
        words = st.text("ab1é", min_size=least, max_size=most)
        if "pattern" in schema:
            words = words.filter(lambda text: re.search(schema["pattern"], text) is not None)
        return {"date": day, "date-time": moment}.get(schema.get("format", ""), words)
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", -(2**63)), schema.get("maximum", 2**63 - 1 if kind == "integer" else 2**63)
        if kind == "integer":
            low, high = (
                max(low, schema.get("exclusiveMinimum", low - 1) + 1),
                min(high, schema.get("exclusiveMaximum", high + 1) - 1),
            )
            return st.integers(low, high)
        above, below = schema.get("exclusiveMinimum", -math.inf), schema.get("exclusiveMaximum", math.inf)
        return st.floats(low, high).filter(lambda value: above < value < below)
    return {"boolean": st.booleans(), "null": st.none()}[kind]


def keywords(schema: Any) -> Counter[str]:
    """How often each keyword stands in a schema, at all levels. An enum of one value is a const."""
    if not isinstance(schema, dict):
        return Counter()
    children = [*schema.get("properties", {}).values(), schema.get("items"), *schema.get("anyOf", [])]
    return sum((keywords(child) for child in children), Counter("enum" if name == "const" else name for name in schema))


def is_lost(broken: str, schema: Schema, sent: Schema) -> bool:
    """Whether a reason for quarantine is of a keyword that could not be sent, in part or at all."""
    unsaid = [reasons for name, reasons in LOST.items() if keywords(sent)[name] < keywords(schema)[name]]
    return any(broken.split(":")[0] in reasons for reasons in unsaid)


FORMATS = objects_of(SCHEMAS)
"""Response formats: objects of properties of any kind."""

"""Response formats in the subsets of Anthropic and Gemini: what they keep, and when they cannot."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_llm.client import Endpoint
from dbt_llm.client.forms import form_of
from dbt_llm.client.forms.anthropic_messages import MOST_OPTIONAL, MOST_UNIONS, closed
from dbt_llm.client.forms.gemini_content import gemini_schema


def objects(properties: dict[str, Any], optional: list[str] | None = None) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [name for name in properties if name not in (optional or [])]}


def many(required_nullable: int = 0, optional: int = 0, both: int = 0) -> dict[str, Any]:
    properties = {f"n{i}": {"type": "string", "nullable": True} for i in range(required_nullable)}
    properties |= {f"o{i}": {"type": "string"} for i in range(optional)}
    properties |= {f"b{i}": {"type": "string", "nullable": True} for i in range(both)}
    return objects(properties, [name for name in properties if name[0] in "ob"])


def counts(schema: Any) -> tuple[int, int]:
    """Optional properties and union types, counted anew from what would be sent."""
    if not isinstance(schema, dict):
        return 0, 0
    optional = len(schema.get("properties", {})) - len(schema.get("required", schema.get("properties", {})))
    is_union = "anyOf" in schema or isinstance(schema.get("type"), list) or None in schema.get("enum", [])
    children = [*schema.get("properties", {}).values(), schema.get("items"), *schema.get("anyOf", [])]
    inner = [counts(child) for child in children]
    return optional + sum(pair[0] for pair in inner), int(is_union) + sum(pair[1] for pair in inner)


@pytest.mark.parametrize(
    ("schema", "fits"),
    [
        (many(required_nullable=16, optional=24), True),
        (many(required_nullable=17), False),
        (many(optional=25), False),
        (many(both=40), True),
        (many(both=41), False),
        (many(required_nullable=10, optional=20, both=10), True),
        (many(required_nullable=10, optional=20, both=11), False),
        (objects({"list": {"type": "array", "items": many(both=40)}}), True),
        (objects({"list": {"type": "array", "items": many(both=40)}, "x": {"type": "string", "nullable": True}}), False),
        (objects({"list": {"type": "array", "items": {"type": "string", "nullable": True}}, **many(15)["properties"]}), True),
        (objects({"list": {"type": "array", "items": {"type": "string", "nullable": True}}, **many(16)["properties"]}), False),
    ],
)
def test_the_mix_that_fits_is_chosen(schema: dict[str, Any], fits: bool) -> None:
    made = closed(schema)
    assert (made is not None) == fits
    if made is not None:
        optional, unions = counts(made)
        assert optional <= MOST_OPTIONAL and unions <= MOST_UNIONS
    assert closed(schema, is_limited=False) is not None


@pytest.mark.parametrize(
    ("provider", "model_name", "is_constrained"),
    [
        ("anthropic", "claude-opus-4-5", False),
        ("bedrock", "us.anthropic.claude-opus-4-5-20251101-v1:0", False),
        ("bedrock", "qwen.qwen3-32b-v1:0", True),
    ],
)
def test_a_schema_that_does_not_fit_is_asked_for_in_words_with_one_warning(
    provider: str, model_name: str, is_constrained: bool
) -> None:
    endpoint = Endpoint.from_options(
        "fast",
        {
            "provider": provider,
            "model_name": model_name,
            "api_key_env": "K",
            "region": "us-east-1" if provider == "bedrock" else None,
        },
    )
    made = form_of(endpoint, {}, many(required_nullable=17))
    sent = json.loads(made.encode("p"))
    assert ("output_config" in sent or "outputConfig" in sent) == is_constrained
    assert ("system" in sent) != is_constrained
    assert (made.warning is None) == is_constrained
    assert is_constrained or "asked for in words" in str(made.warning)
    assert form_of(endpoint, {}, many(required_nullable=16)).warning is None


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "pattern": "^a", "description": "It."}, {"type": "string", "description": "It. (pattern: ^a)"}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
        ({"type": "string", "format": "ulid"}, {"type": "string", "description": "(format: ulid)"}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        ({"type": "integer", "const": 1, "nullable": True}, {"enum": [1, None]}),
        (
            {"type": "array", "items": {"type": "integer", "maximum": 3}, "minItems": 1, "maxItems": 2, "nullable": True},
            {
                "anyOf": [
                    {
                        "type": "array",
                        "items": {"type": "integer", "description": "(maximum: 3)"},
                        "minItems": 1,
                        "description": "(maxItems: 2)",
                    },
                    {"type": "null"},
                ]
            },
        ),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 3},
            {"type": "array", "items": {"type": "string"}, "description": "(minItems: 3)"},
        ),
        (
            objects({"x": {"type": "boolean", "default": True, "title": "X"}}),
            {"type": "object", "properties": {"x": {"type": "boolean"}}, "required": ["x"], "additionalProperties": False},
        ),
    ],
)  # fmt: skip
def test_closed_schemas(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    made = closed(objects({"v": schema}))
    assert made is not None and made["properties"]["v"] == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
            {"type": "number", "minimum": 0, "description": "(exclusiveMaximum: 1)"},
        ),
        (
            {"type": "string", "enum": ["a", None], "nullable": True},
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
        ),
        ({"type": "integer", "const": 1}, {"type": "integer", "enum": [1]}),
        ({"type": "boolean", "const": True}, {"type": "boolean", "description": "(one of: [True])"}),
        ({"type": "string", "format": "email"}, {"type": "string", "description": "(format: email)"}),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        (
            {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        ),
    ],
)  # fmt: skip
def test_gemini_schemas(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert gemini_schema(objects({"v": schema}))["properties"]["v"] == expected


_leaves = (
    st.fixed_dictionaries({"type": st.just("string")}, optional={"maxLength": st.integers(1, 3), "nullable": st.booleans()})
    | st.fixed_dictionaries({"type": st.just("integer")}, optional={"minimum": st.integers(-2, 2), "nullable": st.booleans()})
    | st.fixed_dictionaries(
        {"type": st.just("string"), "enum": st.lists(st.sampled_from("abc"), min_size=1, unique=True)},
        optional={"nullable": st.booleans()},
    )
)
_schemas = st.recursive(
    _leaves,
    lambda inner: (
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}, optional={"nullable": st.booleans()})
        | st.builds(
            lambda properties, optional, nullable: {**objects(properties, optional), "nullable": nullable},
            st.dictionaries(st.sampled_from("xyz"), inner, min_size=1),
            st.lists(st.sampled_from("xyz")),
            st.booleans(),
        )
    ),
    max_leaves=6,
)


def standard(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema in plain JSON Schema, written here apart from the package's own rewriting."""
    made = {key: value for key, value in schema.items() if key != "nullable"}
    if "properties" in made:
        made["properties"] = {name: standard(child) for name, child in made["properties"].items()}
    if "items" in made:
        made["items"] = standard(made["items"])
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a schema, and with every optional property both there and not."""
    if "enum" in schema:
        made: st.SearchStrategy[Any] = st.sampled_from(schema["enum"])
    elif schema["type"] == "string":
        made = st.text("ab", max_size=schema.get("maxLength", 3))
    elif schema["type"] == "integer":
        made = st.integers(schema.get("minimum", -5), 9)
    elif schema["type"] == "array":
        made = st.lists(values(schema["items"]), max_size=2)
    else:
        members = {name: values(child) for name, child in schema["properties"].items()}
        needed = {name: member for name, member in members.items() if name in schema["required"]}
        made = st.fixed_dictionaries(needed, optional={name: m for name, m in members.items() if name not in needed})
    return st.none() | made if schema.get("nullable") else made


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_what_is_sent_allows_a_form_of_every_valid_answer(data: st.DataObject) -> None:
    """Gemini may answer all that the task allows. Anthropic all but a null where leaving out says the same."""
    schema = objects(
        data.draw(st.dictionaries(st.sampled_from("pqr"), _schemas, min_size=1)), data.draw(st.lists(st.sampled_from("pqr")))
    )
    answer = data.draw(values(schema))
    jsonschema.validate(answer, standard(schema))
    jsonschema.validate(answer, gemini_schema(schema))
    made = closed(schema)
    if made is not None:
        jsonschema.validate(_without_nulls(answer, schema), made)


def _without_nulls(value: Any, schema: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_without_nulls(item, schema["items"]) for item in value]
    if isinstance(value, dict):
        return {
            name: _without_nulls(member, schema["properties"][name])
            for name, member in value.items()
            if member is not None or name in schema["required"]
        }
    return value

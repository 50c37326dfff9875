"""Request bodies: the prompt to the byte, and the schema in the provider's subset."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_llm.client import ConfigurationError, Endpoint
from dbt_llm.client.forms import form_of
from dbt_llm.client.forms.json_schema import plain, strict

SCHEMA = {
    "type": "object",
    "properties": {
        "has_pii": {"type": "boolean"},
        "note": {"type": "string", "nullable": True},
    },
    "required": ["has_pii", "note"],
    "additionalProperties": False,
}
STRICT = {
    "type": "object",
    "properties": {
        "has_pii": {"type": "boolean"},
        "note": {"type": ["string", "null"]},
    },
    "required": ["has_pii", "note"],
    "additionalProperties": False,
}


def body(prompt: str = "p", level: str = "schema", **parameters: Any) -> dict[str, Any]:
    endpoint = Endpoint.from_options(
        "fast",
        {"model_name": "m", "base_url": "http://x/v1", "structured_output": level},
    )
    encoded = form_of(endpoint, parameters, SCHEMA).encode(prompt)
    decoded: dict[str, Any] = json.loads(encoded)
    return decoded


@given(st.text(st.characters(codec=None)))
def test_any_text_is_the_prompt_exactly(prompt: str) -> None:
    # Lone surrogates included: JSON can say them.
    assert body(prompt)["messages"][-1]["content"] == prompt


@pytest.mark.parametrize("prompt", ['"}', "\\u0041", "\x00\x1f\x7f", "\u2028🤷‍♀️", '{"a":1}'])
def test_text_that_looks_like_json_stays_text(prompt: str) -> None:
    assert body(prompt)["messages"] == [{"role": "user", "content": prompt}]


def test_level_schema() -> None:
    assert body(temperature=0) == {
        "model": "m",
        "messages": [{"role": "user", "content": "p"}],
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "response", "strict": True, "schema": STRICT},
        },
    }


def test_level_json_says_the_schema_in_a_system_message() -> None:
    sent = body(level="json")
    assert sent["response_format"] == {"type": "json_object"}
    instruction, schema = sent["messages"][0]["content"].split("\n")
    assert sent["messages"][0]["role"] == "system" and "one JSON object" in instruction
    assert json.loads(schema) == plain(SCHEMA)


def test_level_ask_has_no_response_format() -> None:
    sent = body(level="ask")
    assert "response_format" not in sent
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]


@pytest.mark.parametrize("name", ["model", "messages", "stream", "n", "response_format"])
def test_a_parameter_that_would_change_the_response_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{name}'"):
        body("p", "schema", **{name: 1})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "string", "minLength": 1, "pattern": "a"},
            {"type": "string", "pattern": "a"},
        ),
        ({"type": "string", "format": "uri"}, {"type": "string"}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
        (
            {
                "type": "array",
                "items": {"enum": ["a"]},
                "minItems": 1,
                "uniqueItems": True,
            },
            {
                "type": "array",
                "items": {"enum": ["a"], "type": "string"},
                "minItems": 1,
            },
        ),
        (
            {"enum": ["a", "b"], "nullable": True},
            {"enum": ["a", "b", None], "type": ["string", "null"]},
        ),
        (
            {"const": 1, "nullable": True},
            {"anyOf": [{"const": 1, "type": "integer"}, {"type": "null"}]},
        ),
        (
            {"oneOf": [{"type": "integer"}, {"type": "string"}], "nullable": True},
            {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]},
        ),
        (
            {"type": "number", "minimum": 0, "maximum": 1, "nullable": False},
            {"type": "number", "minimum": 0, "maximum": 1},
        ),
        (
            {"type": "object", "properties": {"a": {"type": "integer", "default": 1}}},
            {
                "type": "object",
                "properties": {"a": {"type": ["integer", "null"]}},
                "required": ["a"],
                "additionalProperties": False,
            },
        ),
    ],
)
def test_strict_subset(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert strict(schema) == expected


def test_strict_leaves_its_argument_alone() -> None:
    before = json.dumps(SCHEMA)
    strict(SCHEMA)
    assert json.dumps(SCHEMA) == before

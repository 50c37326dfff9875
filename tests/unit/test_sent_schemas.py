"""What a sent schema allows passes the validation, for every provider's form and every adapter, over any response format.

The schema that is sent and the one that is judged are two translations of one response format. Strict decoding answers any value
of the first; the second must not quarantine it but for what the first could not say, as a bound that the provider does not take.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dbt_llm.client import Endpoint
from dbt_llm.client.forms import form_of
from dbt_llm.testing.chat import find_schema
from tests.support.judged import normalised, reason
from tests.support.response_formats import FORMATS, Schema, decoded, is_lost, of_bigquery, of_databricks, of_snowflake


def form(provider: str, **options: Any) -> Callable[[Schema], Schema | None]:
    """The schema in the body of a call; None where the provider is asked in words."""
    entry = {"provider": provider, "model_name": "m", "api_key_env": "KEY", **options}

    def sent(schema: Schema) -> Schema | None:
        return find_schema(json.loads(form_of(Endpoint.from_options("fast", entry), {}, schema).encode("p")))

    return sent


def in_words(schema: Schema) -> Schema:
    entry = {"provider": "openai", "model_name": "m", "api_key_env": "KEY", "structured_output": "ask"}
    body = json.loads(form_of(Endpoint.from_options("fast", entry), {}, schema).encode("p"))
    found: Schema = json.loads(body["messages"][0]["content"].split("\n", 1)[1])
    return found


SENT: dict[str, Callable[[Schema], Schema | None]] = {
    "openai": form("openai"),
    "openai responses": form("openai", api="responses"),
    "azure": form("azure", base_url="http://127.0.0.1:1/openai/v1"),
    "mistral": form("mistral"),
    "anthropic": form("anthropic", model_name="claude-opus-4-5"),
    "bedrock": form("bedrock", region="us-east-1", model_name="qwen.qwen3-32b-v1:0"),
    "bedrock's claude": form("bedrock", region="us-east-1", model_name="anthropic.claude-opus-4-5-20251101-v1:0"),
    "gemini": form("gemini"),
    "in words": in_words,
    "databricks": of_databricks,
    "snowflake": of_snowflake,
    "bigquery": of_bigquery,
}


@pytest.mark.parametrize("whose", SENT)
@given(data=st.data())
@settings(max_examples=40, deadline=None, phases=[Phase.generate, Phase.reuse])
def test_what_is_sent_allows_nothing_that_is_quarantined(whose: str, data: st.DataObject) -> None:
    schema = normalised(data.draw(FORMATS))
    sent = SENT[whose](schema)
    if sent is None:
        return
    completion = json.dumps(data.draw(decoded(sent)))
    broken = reason(schema, completion)
    assert broken is None or is_lost(broken, schema, sent), (broken, completion, sent)


@pytest.mark.parametrize("whose", SENT)
def test_none_can_be_said_for_what_is_not_required(whose: str) -> None:
    """Also beside an enum or a const, in an object within, and in an array of objects."""
    inner = {"type": "object", "required": [], "properties": {"kind": {"enum": ["x", "y"]}, "sure": {"const": "yes"}}}
    schema = normalised(
        {
            "type": "object",
            "required": ["city"],
            "properties": {
                "city": {"type": "string"},
                "zip": {"type": "string", "pattern": "^\\d{5}$"},
                "level": {"enum": [1, 2]},
                "inner": inner,
                "list": {"type": "array", "items": inner},
            },
        }
    )
    sent = SENT[whose](schema)
    assert sent is not None
    asked = [
        sent["properties"]["inner"],
        sent["properties"]["list"]["items"]
        if "items" in sent["properties"]["list"]
        else sent["properties"]["list"]["anyOf"][0]["items"],
    ]
    for name, (parent, value) in {
        "zip": (sent, None),
        "level": (sent, None),
        "kind": (_object_of(asked[0]), None),
        "sure": (_object_of(asked[1]), None),
    }.items():
        allows_null = _allows_null(parent["properties"][name])
        assert allows_null or name not in parent["required"], (name, value, parent)
    answers = ['{"city": "Ulm"}', '{"city": "Ulm", "zip": null, "level": null, "inner": null, "list": null}']
    answers += ['{"city": "Ulm", "inner": {"kind": null, "sure": null}, "list": [{"kind": null}, {"sure": null}]}']
    assert [reason(schema, answer) for answer in answers] == [None] * 3


def _object_of(schema: Schema) -> Schema:
    found: Schema = next(one for one in schema["anyOf"] if one["type"] != "null") if "anyOf" in schema else schema
    return found


def _allows_null(schema: Schema) -> bool:
    if "anyOf" in schema:
        return {"type": "null"} in schema["anyOf"]
    if "enum" in schema:
        return None in schema["enum"]
    return "const" not in schema and "null" in schema["type"]

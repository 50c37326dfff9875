"""Whole runs in every wire form against the stand-in: storms, classes of failure, fatal answers, caches."""

from typing import Any

import pytest

from dbt_llm.client import Endpoint, Plan, calls
from dbt_llm.testing import Faults, Server, constant, from_schema
from tests.support.runs import answer_all

SCHEMA = {
    "type": "object",
    "properties": {
        "label": {"type": "string", "enum": ["a", "b"]},
        "score": {"type": "number", "minimum": 0, "maximum": 1, "nullable": True},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "note": {"type": "string", "maxLength": 9, "nullable": True},
    },
    "required": ["label", "score", "tags"],
}
LONG = "Read this with care. " * 300
PROMPTS = [f"{LONG}message {number}" for number in range(40)]

PROVIDERS: dict[str, dict[str, Any]] = {
    "openai": {"provider": "openai", "model_name": "gpt-4o-mini"},
    "responses": {"provider": "openai", "api": "responses", "model_name": "gpt-4o-mini"},
    "azure": {"provider": "azure", "model_name": "deployed"},
    "anthropic": {"provider": "anthropic", "model_name": "claude-haiku-4-5"},
    "gemini": {"provider": "gemini", "model_name": "gemini-2.5-flash"},
    "bedrock": {"provider": "bedrock", "region": "eu-west-1", "model_name": "eu.anthropic.claude-haiku-4-5-20251001-v1:0"},
    "mistral": {"provider": "mistral", "model_name": "mistral-small-latest"},
}
# What of an address the official client adds by itself is here a part of the base URL.
VERSIONS = {"anthropic": "/v1", "gemini": "/v1beta", "mistral": "/v1"}


def plan(server: Server, name: str, prefix: str = LONG, retries: int = 20, **options: Any) -> Plan:
    given = {**PROVIDERS[name], "api_key_env": "WIRE_TEST_KEY", **options}
    given["base_url"] = server.url(given["provider"]) + VERSIONS.get(name, "")
    return Plan(Endpoint.from_options("fast", given), {"max_tokens": 50}, SCHEMA, prompt_prefix=prefix, retries=retries)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIRE_TEST_KEY", "k-test")
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)
    monkeypatch.setattr(calls, "LONGEST_BACKOFF_S", 0.05)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("level", ["schema", "json", "ask"])
def test_a_storm_loses_nothing_and_repeats_nothing(name: str, level: str) -> None:
    faults = Faults(throttle=0.2, error=0.15, drop=0.05, malformed_body=0.02)
    # What the schema asks for is known to the server only where it is sent.
    answer = from_schema if level == "schema" else constant('{"label": "a", "score": null, "tags": []}')
    with Server(answer, faults, api_key="k-test") as server:
        run, kept = answer_all(plan(server, name, structured_output=level), PROMPTS)
        assert run.stopped is None and kept.count(None) == len(PROMPTS) == server.counters.answered
        assert sorted(set(server.counters.prompts)) == sorted(PROMPTS)
        assert run.counts.calls == server.counters.calls
    for response in kept.responses.values():
        assert response.input_tokens and response.output_tokens and '"label"' in str(response.completion)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("faults", "error_class"),
    [(Faults(truncated=1), "truncated"), (Faults(refusal=1), "refused"), (Faults(error=1, error_status=503), "provider_error")],
)
def test_failures_by_class(name: str, faults: Faults, error_class: str) -> None:
    with Server(from_schema, faults) as server:
        run, kept = answer_all(plan(server, name, retries=1), PROMPTS[:4])
    if (name, error_class) == ("mistral", "refused"):
        # It comes as prose, which the validation finds to be no JSON.
        assert kept.count(None) == 4
        return
    assert kept.count(error_class) == run.counts.failed == 4
    assert all(response.error_message for response in kept.responses.values())


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_wrong_key_ends_the_run(name: str) -> None:
    with Server(from_schema, api_key="another") as server:
        run, kept = answer_all(plan(server, name), PROMPTS)
        assert run.stopped == "fatal" and not kept.responses and server.counters.calls <= 18
    assert "Expected a valid key in the environment variable 'WIRE_TEST_KEY'" in str(run.error)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_beginning_is_read_from_the_cache(name: str) -> None:
    with Server(from_schema) as server:
        options = {"prompt_cache": "30m"} if name in ("responses", "azure") else {}
        run, kept = answer_all(plan(server, name, **options), PROMPTS)
    assert kept.count(None) == len(PROMPTS)
    written = [response for response in kept.responses.values() if response.cache_write_tokens]
    if name in ("anthropic", "bedrock"):
        assert len(written) == 1 and run.counts.cached_input_tokens >= 39 * len(LONG) // 4
    elif name != "mistral":
        # Nobody waited for a first call, so a window's worth may have missed it.
        assert run.counts.cached_input_tokens > 20 * 1024

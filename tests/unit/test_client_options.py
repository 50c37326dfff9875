"""Endpoints, limits and options: everything wrong is said at once, and nothing is ignored."""

import json
from typing import Any

import pytest

from dbt_llm.client import ConfigurationError, Endpoint, FatalEndpointError, Limits
from dbt_llm.client.limits import Budget
from dbt_llm.options import CompleteOptions, DrainOptions

GIVEN = {"model_name": "m", "base_url": "http://localhost:11434/v1/"}
PRICED = {
    **GIVEN,
    "input_usd_per_million_tokens": 1,
    "output_usd_per_million_tokens": 2,
}


def endpoint(**options: Any) -> Endpoint:
    return Endpoint.from_options("fast", {**GIVEN, **options})


def test_nulls_are_absent_and_the_url_has_no_slash_at_its_end() -> None:
    made = endpoint(requests_per_minute=None, api_key_env=None)
    assert (made.base_url, made.max_in_flight) == ("http://localhost:11434/v1", 64)
    assert made.api_key() is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model_name", ""),
        ("base_url", "localhost:11434"),
        ("base_url", "http://[x/v1"),
        ("base_url", "http://host/v1?key=1"),
        ("api_key_env", 7),
        ("max_in_flight", 0),
        ("max_in_flight", 1.5),
        ("max_in_flight", True),
        ("requests_per_minute", 0),
        ("tokens_per_minute", "many"),
        ("timeout_s", -1),
        ("structured_output", "tools"),
        ("input_usd_per_million_tokens", -1),
        ("headers", {}),
        ("provider", "vertex"),
        ("api", "batch"),
        ("prompt_cache", "5m"),
        ("cache_write_usd_per_million_tokens", -1),
    ],
)
def test_a_wrong_entry_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"endpoint 'fast' has a wrong {name}\. Expected "):
        endpoint(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "http://user:5EcReT@host/v1"),
        ("base_url", "http://host/v1?key=5EcReT"),
        ("base_url", "5EcReT@host"),
        ("api_key_env", "sk_live_5EcReT"),
        ("api_key_env", "AKIA5ECRET5ECRET"),
        ("api_key_env", "SK_LIVE_5ECRET5ECRET0123456789"),
    ],
)
def test_a_secret_in_a_wrong_place_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"wrong {name}\. Expected .*'\*\*\*'") as raised:
        endpoint(**{name: value})
    assert "5ecret" not in str(raised.value).lower()


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "KEY", "key", "openai_key", "TEAM_7_KEY", "KEY_20261128", "_KEY"])
def test_names_of_variables(name: str) -> None:
    assert endpoint(api_key_env=name).api_key_env == name


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"model_name.*max_in_flight.*timeout_s"):
        Endpoint.from_options("fast", {**GIVEN, "model_name": 1, "max_in_flight": 0, "timeout_s": 0})


def test_one_price_is_not_enough() -> None:
    with pytest.raises(ConfigurationError, match="has one price"):
        endpoint(input_usd_per_million_tokens=1)


@pytest.mark.parametrize(
    ("provider", "base_url"),
    [
        ("openai", "https://api.openai.com/v1"),
        ("anthropic", "https://api.anthropic.com/v1"),
        ("gemini", "https://generativelanguage.googleapis.com/v1beta"),
        ("mistral", "https://api.mistral.ai/v1"),
        ("bedrock", "https://bedrock-runtime.eu-west-1.amazonaws.com"),
    ],
)
def test_a_provider_that_is_named_has_a_url(monkeypatch: pytest.MonkeyPatch, provider: str, base_url: str) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert Endpoint.from_options("fast", {"model_name": "m", "provider": provider}).base_url == base_url
    own = {"model_name": "m", "provider": provider, "base_url": "http://localhost:1/"}
    assert Endpoint.from_options("fast", own).base_url == "http://localhost:1"


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        # Prompts go to OpenAI only where it is named.
        ({}, r"wrong base_url\. Expected a text"),
        ({"provider": "azure"}, r"wrong base_url\. Expected a text"),
        ({"provider": "bedrock"}, r"wrong region\. Expected one such as 'us-east-1', here or in .* AWS_REGION"),
        ({"provider": "bedrock", "region": "evil.example/"}, "wrong region"),
        ({"provider": "gemini", "region": "us-east-1"}, "has a region. Expected one with the provider bedrock only"),
        ({"provider": "anthropic", "api": "responses"}, "wrong api. Expected one of chat with the provider anthropic"),
        ({"provider": "anthropic", "prompt_cache": "30m"}, "wrong prompt_cache. Expected one of off, 5m, 1h with"),
        ({"provider": "openai", "prompt_cache": "1h"}, "wrong prompt_cache. Expected one of off, 30m with"),
        ({"provider": "gemini", "prompt_cache": "off"}, "has a prompt_cache. Expected none: that of gemini is automatic"),
        ({"provider": "openai", "cached_input_usd_per_million_tokens": 1}, "has a price of its prompt cache alone"),
    ],
)
def test_what_does_not_go_together(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], fault: str) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match=fault):
        Endpoint.from_options("fast", {"model_name": "m", **options})


def test_a_missing_key_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    with pytest.raises(FatalEndpointError, match="'NO_SUCH_KEY', which is not set"):
        endpoint(api_key_env="NO_SUCH_KEY").api_key()


def test_costs() -> None:
    assert Endpoint.from_options("fast", PRICED).cost_usd(1_000_000, 500_000) == pytest.approx(2.0)
    assert endpoint().cost_usd(1, 1) is None


@pytest.mark.parametrize("limits", [{"rows": 1}, {"requests": -1}, {"requests": "all"}, {"cost_usd": 1}])
def test_wrong_limits(limits: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"limits.*Expected"):
        Limits.from_options(limits, endpoint())


def budget(limits: dict[str, Any], **options: Any) -> Budget:
    priced = Endpoint.from_options("fast", PRICED)
    return Budget(Limits.from_options(limits, priced), priced, **options)


def test_an_estimate_counts_bytes_and_the_longest_completion() -> None:
    estimate = budget({}, constant_bytes=3, max_output_tokens=10).estimate("ä" * 5)
    assert (estimate.input_tokens, estimate.output_tokens) == (4, 10)
    assert estimate.cost_usd == pytest.approx(24e-6)


def test_without_max_tokens_the_output_is_the_mean_seen() -> None:
    seen = budget({})
    first = seen.estimate("x")
    assert first.output_tokens == 256
    assert seen.set_aside(first) is None
    seen.settle(first, 1, 10)
    assert seen.estimate("x").output_tokens == 10


def test_input_is_corrected_upwards_only() -> None:
    seen = budget({})
    for counted in (3, 3):
        amounts = seen.estimate("x" * 4)
        seen.set_aside(amounts)
        seen.settle(amounts, counted, 1)
    assert seen.estimate("x" * 4).input_tokens == 3
    assert seen.estimate("x" * 40).input_tokens == 30


def test_what_is_set_aside_counts_until_it_is_settled() -> None:
    limited = budget({"output_tokens": 20}, max_output_tokens=10)
    amounts = limited.estimate("x")
    assert limited.set_aside(amounts) is None
    assert limited.set_aside(amounts) is None
    assert limited.set_aside(amounts) == "limit:output_tokens"
    assert limited.may_fit_later(amounts)
    limited.settle(amounts, 1, 2)
    assert limited.set_aside(amounts) == "limit:output_tokens"
    limited.settle(amounts, 1, 2)
    assert not limited.may_fit_later(amounts)
    assert limited.set_aside(amounts) is None


def test_a_request_that_was_sent_is_never_freed() -> None:
    limited = budget({"requests": 1})
    amounts = limited.estimate("x")
    assert limited.set_aside(amounts) is None
    assert limited.set_aside(amounts) == "limit:requests"
    assert not limited.may_fit_later(amounts)
    limited.release(amounts)
    assert limited.set_aside(amounts) == "limit:requests"


TABLES = {"work_relation": "w", "responses_relation": "r"}
NEEDED = {"endpoint_name": "fast", "endpoint": GIVEN}


def test_options() -> None:
    made = CompleteOptions.parse(json.dumps({**NEEDED, "retries": None, "model_parameters": {"a": 1}}))
    assert DrainOptions.parse(json.dumps({**NEEDED, **TABLES, "prompt_prefix": "Read: "})).plan().prompt_prefix == "Read: "
    assert (made.retries, made.task, made.plan().model_parameters) == (
        5,
        "complete",
        {"a": 1},
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "not JSON"),
        ("[]", "Expected a JSON object"),
        ("{}", "lack 'work_relation'"),
        (json.dumps({**NEEDED, "nope": 1}), "have 'nope'"),
        (json.dumps({**NEEDED, "retries": True}), "wrong 'retries'"),
        (json.dumps({**NEEDED, "retries": "5"}), "wrong 'retries'"),
        (json.dumps({**NEEDED, "limits": 5}), "wrong 'limits'"),
    ],
)
def test_wrong_options(text: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        DrainOptions.parse(text)

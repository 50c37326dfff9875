"""Which provider an endpoint gets, what it must say, and what is missing."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from dbt_llm.client import ConfigurationError, MissingDependencyError
from dbt_llm.engines.batch.providers import PROVIDERS, make
from tests.support.batch_clients import needs_client
from tests.support.loopback import Answer, Loopback

ROLE = "arn:aws:iam::123456789012:role/batch"
BEDROCK = {"provider": "bedrock", "model_name": "m", "role_arn": ROLE, "s3_uri": "s3://lake/llm", "region": "us-east-1"}
ENTRIES: dict[str, dict[str, Any]] = {
    "openai": {"model_name": "m"},
    "azure": {"provider": "azure", "model_name": "m", "base_url": "https://r.openai.azure.com/openai/v1"},
    "anthropic": {"provider": "anthropic", "model_name": "m"},
    "gemini": {"provider": "gemini", "model_name": "m"},
    "bedrock": BEDROCK,
    "mistral": {"provider": "mistral", "model_name": "m"},
}
MODULES = {
    "openai": "openai",
    "azure": "openai",
    "anthropic": "anthropic",
    "gemini": "google.genai",
    "bedrock": "boto3",
    "mistral": "mistralai.client",
}


def key_of(provider: str) -> str | None:
    return None if provider == "bedrock" else "key"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_is_made(provider: str) -> None:
    pytest.importorskip(MODULES[provider])
    # Keys that others read, and nulls, are left alone.
    options = {**ENTRIES[provider], "requests_per_minute": 5, "input_usd_per_million_tokens": 1, "kms_key_id": None}
    made = make(options, key_of(provider))
    assert made.name == provider
    assert made.limits.requests >= 50_000 and made.limits.bytes_ >= 200_000_000
    assert len(made.custom_id("0" * 32, "f" * 64)) <= 64


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_missing_package_is_named_with_its_extra(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith("dbt_llm.engines.batch.providers.") and name.rpartition(".")[2] in PROVIDERS:
            monkeypatch.delitem(sys.modules, name)
    missing = MODULES[provider]
    monkeypatch.setitem(sys.modules, missing, None)
    extra = "openai" if provider == "azure" else provider
    with pytest.raises(MissingDependencyError, match=rf"'{missing}'.*pip install 'dbt-llm\[{extra}\]'"):
        make(ENTRIES[provider], key_of(provider))


@pytest.mark.parametrize(
    ("options", "key", "faults"),
    [
        ({"provider": "cohere"}, "k", ["the endpoint has a wrong 'provider'. Expected one of openai, azure"]),
        ({"provider": ["x"]}, "k", ["the endpoint has a wrong 'provider'"]),
        (ENTRIES["openai"], None, ["provider 'openai' needs a key"]),
        ({**ENTRIES["openai"], "api": "completions"}, "k", ["wrong 'api'. Expected chat or responses; got 'completions'"]),
        ({**ENTRIES["openai"], "base_url": "localhost"}, "k", ["wrong 'base_url'. Expected a URL"]),
        ({"provider": "azure"}, None, ["needs 'base_url'. Expected a URL", "provider 'azure' needs a key"]),
        ({"provider": "gemini"}, "k", ["needs 'model_name'. Expected a text; got nothing"]),
        ({**ENTRIES["gemini"], "api": "chat"}, "k", ["provider 'gemini' has no use for 'api'"]),
        ({**ENTRIES["mistral"], "timeout_hours": 200}, "k", ["Expected a whole number from 1 to 168; got '200'"]),
        ({**ENTRIES["mistral"], "timeout_hours": True}, "k", ["wrong 'timeout_hours'"]),
        ({"provider": "bedrock"}, None, ["needs 'model_name'", "needs 'role_arn'. Expected an ARN", "needs 's3_uri'"]),
        ({**BEDROCK, "s3_uri": "lake/llm", "role_arn": "batch"}, None, ["wrong 'role_arn'", "wrong 's3_uri'"]),
        ({**BEDROCK, "timeout_hours": 12}, None, ["Expected a whole number from 24 to 168; got '12'"]),
        (BEDROCK, "k", ["provider 'bedrock' takes no key"]),
        ({**ENTRIES["openai"], "role_arn": ROLE}, "k", ["provider 'openai' has no use for 'role_arn'"]),
    ],
)
def test_every_fault_is_told_at_once(options: dict[str, Any], key: str | None, faults: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(options, key)
    for fault in faults:
        assert fault in str(caught.value)


def test_a_server_of_ones_own_needs_no_key() -> None:
    pytest.importorskip("openai")
    assert make({"base_url": "http://localhost:8000/v1"}).name == "openai"


@pytest.mark.parametrize("provider", ["openai", "azure", "anthropic", "gemini", "mistral"])
def test_no_client_takes_a_key_to_where_it_is_sent_on(provider: str) -> None:
    needs_client(provider)
    with Loopback(lambda _: Answer({})) as other:
        moved = Answer({}, status=307, headers={"Location": f"{other.url}/elsewhere"})
        with Loopback(lambda _: moved) as server:
            made = make({"provider": provider, "model_name": "m", "base_url": server.url}, "sk-1")
            with pytest.raises(Exception):  # noqa: B017, PT011 - each client has one of its own
                list(made.open_jobs())
    assert server.asked and not other.asked


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "mistral"])
def test_no_client_asks_this_machine_through_a_proxy(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_client(provider)
    with Loopback(lambda _: Answer({}, status=500)) as proxy, Loopback(lambda _: Answer({}, status=500)) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        made = make({"provider": provider, "model_name": "m", "base_url": server.url.replace("127.0.0.1", "localhost")}, "sk-1")
        with pytest.raises(Exception):  # noqa: B017, PT011 - each client has one of its own
            list(made.open_jobs())
    assert server.asked and not proxy.asked

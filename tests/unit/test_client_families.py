"""What families of language models are sent of the same model parameters. The request key holds them as they were written."""

import json
from typing import Any

import pytest

from dbt_llm.client import Endpoint
from dbt_llm.client.forms import Form, form_of

README: dict[str, Any] = {"temperature": 0, "max_tokens": 200}
"""The parameters of the README's example."""
OURS = {"model", "messages", "input", "contents", "store", "prompt_cache_options", "generationConfig", "inferenceConfig"}


def made(parameters: dict[str, Any], **endpoint: Any) -> tuple[dict[str, Any], Form]:
    """The parameters as they are sent, and the form."""
    before = json.dumps(parameters)
    form = form_of(Endpoint.from_options("fast", endpoint), parameters)
    assert json.dumps(parameters) == before, "the key is made of them"
    body = json.loads(form.encode("p"))
    sent = {name: value for name, value in body.items() if name not in OURS}
    return {**sent, **body.get("generationConfig", {}), **body.get("inferenceConfig", {})}, form


OPENAI = {"provider": "openai"}
RESPONSES = {"provider": "openai", "api": "responses"}
COMPATIBLE = {"base_url": "http://x/v1"}


@pytest.mark.parametrize(
    ("endpoint", "model_name", "sent"),
    [
        (OPENAI, "gpt-4o-mini", {"temperature": 0, "max_tokens": 200}),
        (OPENAI, "gpt-4.1", {"temperature": 0, "max_tokens": 200}),
        (OPENAI, "gpt-5", {"max_completion_tokens": 200}),
        (OPENAI, "gpt-5-mini-2025-08-07", {"max_completion_tokens": 200}),
        (OPENAI, "gpt-5-chat-latest", {"temperature": 0, "max_completion_tokens": 200}),
        (OPENAI, "gpt-5.1", {"temperature": 0, "max_completion_tokens": 200}),
        (OPENAI, "gpt-5.2-pro", {"max_completion_tokens": 200}),
        (OPENAI, "gpt-5.4-2026-03-05", {"temperature": 0, "max_completion_tokens": 200}),
        (OPENAI, "gpt-5.6-luna", {"max_completion_tokens": 200}),
        (OPENAI, "gpt-6", {"max_completion_tokens": 200}),
        (OPENAI, "o3", {"max_completion_tokens": 200}),
        (OPENAI, "o4-mini", {"max_completion_tokens": 200}),
        (RESPONSES, "gpt-4o-mini", {"temperature": 0, "max_output_tokens": 200}),
        (RESPONSES, "gpt-5.6-luna", {"max_output_tokens": 200}),
        (COMPATIBLE, "llama3.2", {"temperature": 0, "max_tokens": 200}),
        (COMPATIBLE, "gpt-oss-20b", {"temperature": 0, "max_tokens": 200}),
        (COMPATIBLE, "openai/gpt-5-mini", {"max_completion_tokens": 200}),
        (COMPATIBLE, "olmo-3", {"temperature": 0, "max_tokens": 200}),
        ({"provider": "azure", "base_url": "https://r.openai.azure.com/openai/v1"}, "deployed", README),
        ({"provider": "mistral"}, "mistral-small-latest", {"temperature": 0, "max_tokens": 200}),
        ({"provider": "anthropic"}, "claude-haiku-4-5", {"temperature": 0, "max_tokens": 200}),
        ({"provider": "anthropic"}, "claude-haiku-5-5", {"max_tokens": 200}),
        ({"provider": "anthropic"}, "claude-opus-5-5", {"max_tokens": 200}),
        ({"provider": "gemini"}, "gemini-2.5-flash", {"temperature": 0, "maxOutputTokens": 200}),
        ({"provider": "gemini"}, "gemini-3.8-flash", {"temperature": 0, "maxOutputTokens": 200}),
    ],
)
def test_the_readmes_parameters(endpoint: dict[str, Any], model_name: str, sent: dict[str, Any]) -> None:
    found, form = made(README, model_name=model_name, **endpoint)
    assert found == sent and form.max_output_tokens == 200
    assert (form.warning is None) == ("temperature" in sent)
    assert form.warning is None or f"{model_name} takes no temperature" in form.warning


@pytest.mark.parametrize(
    ("endpoint", "model_name", "effort", "sent"),
    [
        (OPENAI, "gpt-5.6-luna", "low", {"reasoning_effort": "low"}),
        (OPENAI, "gpt-4o-mini", "low", {}),
        (RESPONSES, "gpt-5.6-luna", "low", {"reasoning": {"effort": "low"}}),
        (RESPONSES, "gpt-4o-mini", "low", {}),
        (COMPATIBLE, "gpt-oss-20b", "low", {"reasoning_effort": "low"}),
        ({"provider": "anthropic"}, "claude-opus-5-5", "low", {"output_config": {"effort": "low"}, "max_tokens": 16_384}),
        ({"provider": "anthropic"}, "claude-sonnet-4-6", "minimal", {"output_config": {"effort": "low"}, "max_tokens": 16_384}),
        ({"provider": "anthropic"}, "claude-haiku-4-5", "low", {"max_tokens": 16_384}),
        ({"provider": "gemini"}, "gemini-3.8-flash", "minimal", {"thinkingConfig": {"thinkingLevel": "low"}}),
        ({"provider": "gemini"}, "gemini-3.1-pro", "high", {"thinkingConfig": {"thinkingLevel": "high"}}),
        ({"provider": "gemini"}, "gemini-2.5-flash", "none", {"thinkingConfig": {"thinkingBudget": 0}}),
        ({"provider": "gemini"}, "gemini-2.5-pro", "none", {"thinkingConfig": {"thinkingBudget": 128}}),
        ({"provider": "gemini"}, "gemini-2.0-flash", "low", {}),
        (
            {"provider": "bedrock", "region": "eu-west-1", "api_key_env": "K"},
            "eu.anthropic.claude-opus-5-5-v1:0",
            "low",
            {"outputConfig": {"effort": "low"}},
        ),
        (
            {"provider": "bedrock", "region": "eu-west-1", "api_key_env": "K"},
            "openai.gpt-oss-20b-1:0",
            "low",
            {"additionalModelRequestFields": {"reasoning_effort": "low"}},
        ),
    ],
)
def test_effort(endpoint: dict[str, Any], model_name: str, effort: str, sent: dict[str, Any]) -> None:
    found, form = made({"reasoning_effort": effort}, model_name=model_name, **endpoint)
    assert found == sent
    is_left_out = "low" not in json.dumps(sent) and "thinking" not in json.dumps(sent)
    assert (form.warning is not None and "takes no reasoning_effort" in form.warning) == is_left_out


def test_sampling_where_the_effort_is_none() -> None:
    parameters = {"temperature": 0, "top_p": 0.5, "reasoning_effort": "none"}
    assert made(parameters, model_name="gpt-5.4-mini", **OPENAI)[0] == parameters
    assert made(parameters, model_name="gpt-5.6-luna", **OPENAI)[0] == {"reasoning_effort": "none"}
    asked = {"temperature": 0, "reasoning": {"effort": "low"}}
    assert made(asked, model_name="gpt-5.4", **RESPONSES)[0] == {"reasoning": {"effort": "low"}}


def test_what_a_task_says_in_a_providers_own_words_stands() -> None:
    own = {"output_config": {"effort": "max"}, "reasoning_effort": "low"}
    assert made(own, model_name="claude-opus-5-5", provider="anthropic")[0]["output_config"] == {"effort": "max"}
    own = {"thinkingConfig": {"thinkingLevel": "high"}, "reasoning_effort": "low"}
    assert made(own, model_name="gemini-3.8-flash", provider="gemini")[0]["thinkingConfig"] == {"thinkingLevel": "high"}
    own = {"max_completion_tokens": 9}
    assert made(own, model_name="mistral-small-latest", provider="mistral")[0] == {"max_tokens": 9}

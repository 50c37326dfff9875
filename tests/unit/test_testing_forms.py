"""The stand-in's live calls in each provider's form, through the official clients."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import formatdate
from time import time
from typing import Any

import httpx
import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, echo

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"kind": {"type": ["string", "null"], "enum": ["a", "b"]}},
    "required": ["kind"],
    "additionalProperties": False,
}
LONG = "Rules of the house. " * 400
"""2,000 tokens."""


@dataclass(frozen=True)
class Call:
    """What a client got. `tokens`: input in full, of which read from and written to the cache; output."""

    text: str | None
    finish: str | None
    tokens: tuple[int, int, int, int]
    raw: Any


Ask = Callable[..., Call]


def openai_chat(server: Server, prompt: str, prefix: str = "", with_schema: bool = False) -> Call:
    openai = pytest.importorskip("openai")
    sdk = openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0, timeout=5)
    messages = [{"role": "system", "content": prefix}] if prefix else []
    more = {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}}
    raw = sdk.chat.completions.create(
        model="tiny", messages=[*messages, {"role": "user", "content": prompt}], **(more if with_schema else {})
    )
    choice, usage = raw.choices[0], raw.usage
    tokens = (usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens, 0, usage.completion_tokens)
    return Call(choice.message.content, choice.finish_reason, tokens, raw)


def openai_responses(server: Server, prompt: str, prefix: str = "", with_schema: bool = False) -> Call:
    openai = pytest.importorskip("openai")
    sdk = openai.OpenAI(base_url=server.base_url, api_key="k", max_retries=0, timeout=5)
    more: dict[str, Any] = {"instructions": prefix} if prefix else {}
    if with_schema:
        more["text"] = {"format": {"type": "json_schema", "name": "x", "schema": SCHEMA, "strict": True}}
    raw = sdk.responses.create(model="tiny", input=prompt, **more)
    reason = raw.incomplete_details.reason if raw.incomplete_details else raw.status
    usage = raw.usage
    tokens = (usage.input_tokens, usage.input_tokens_details.cached_tokens, 0, usage.output_tokens)
    return Call(raw.output_text or None, reason, tokens, raw)


def anthropic(server: Server, prompt: str, prefix: str = "", with_schema: bool = False) -> Call:
    sdk = pytest.importorskip("anthropic").Anthropic(base_url=server.url("anthropic"), api_key="k", max_retries=0)
    more: dict[str, Any] = {}
    if prefix:
        mark = {"type": "ephemeral", "ttl": "1h"}
        more["system"] = [{"type": "text", "text": prefix, "cache_control": mark}]
    if with_schema:
        more["output_config"] = {"format": {"type": "json_schema", "schema": SCHEMA}}
    raw = sdk.messages.create(model="tiny", max_tokens=9, messages=[{"role": "user", "content": prompt}], **more)
    usage = raw.usage
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    assert usage.cache_creation.ephemeral_1h_input_tokens == written
    tokens = (usage.input_tokens + read + written, read, written, usage.output_tokens)
    return Call(raw.content[0].text if raw.content else None, raw.stop_reason, tokens, raw)


def gemini(server: Server, prompt: str, prefix: str = "", with_schema: bool = False) -> Call:
    genai = pytest.importorskip("google.genai")
    sdk = genai.Client(api_key="k", http_options={"base_url": server.url("gemini"), "timeout": 5000})
    config: dict[str, Any] = {"system_instruction": prefix} if prefix else {}
    if with_schema:
        config |= {"response_mime_type": "application/json", "response_json_schema": SCHEMA}
    raw = sdk.models.generate_content(model="tiny", contents=prompt, config=config)
    usage = raw.usage_metadata
    output = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    tokens = (usage.prompt_token_count, usage.cached_content_token_count or 0, 0, output)
    if not raw.candidates:
        return Call(None, raw.prompt_feedback.block_reason.value, tokens, raw)
    return Call(raw.text, raw.candidates[0].finish_reason.value, tokens, raw)


def bedrock(server: Server, prompt: str, prefix: str = "", with_schema: bool = False) -> Call:
    config = pytest.importorskip("botocore.config").Config(retries={"total_max_attempts": 1}, read_timeout=5)
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    sdk = pytest.importorskip("boto3").client("bedrock-runtime", endpoint_url=server.url("bedrock"), config=config, **keys)
    more: dict[str, Any] = {}
    if prefix:
        more["system"] = [{"text": prefix}, {"cachePoint": {"type": "default"}}]
    if with_schema:
        structure = {"jsonSchema": {"name": "x", "schema": json.dumps(SCHEMA)}}
        more["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": structure}}
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    raw = sdk.converse(modelId="maker.tiny-v1:0", messages=messages, **more)
    usage, content = raw["usage"], raw["output"]["message"]["content"]
    read, written = usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"]
    tokens = (usage["inputTokens"] + read + written, read, written, usage["outputTokens"])
    return Call(content[0]["text"] if content else None, raw["stopReason"], tokens, raw)


def mistral(server: Server, prompt: str, prefix: str = "", with_schema: bool = False) -> Call:
    sdk = pytest.importorskip("mistralai.client").Mistral(api_key="k", server_url=server.url("mistral"))
    messages = [{"role": "system", "content": prefix}] if prefix else []
    more: dict[str, Any] = {}
    if with_schema:
        more["response_format"] = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}
    raw = sdk.chat.complete(model="tiny", messages=[*messages, {"role": "user", "content": prompt}], **more)
    choice, usage = raw.choices[0], raw.usage
    cached = usage.model_extra["prompt_tokens_details"]["cached_tokens"]
    return Call(choice.message.content, choice.finish_reason, (usage.prompt_tokens, cached, 0, usage.completion_tokens), raw)


FORMS: dict[str, Ask] = {
    "openai_chat": openai_chat,
    "openai_responses": openai_responses,
    "anthropic": anthropic,
    "gemini": gemini,
    "bedrock": bedrock,
    "mistral": mistral,
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, shared: Server) -> Iterator[str]:
    shared.reset()
    yield request.param
    shared.answer, shared.faults = echo, Faults()


def test_the_official_client_gets_its_completion(form: str, shared: Server) -> None:
    call = FORMS[form](shared, "größer?")
    assert json.loads(call.text or "") == {"echo": "größer?"}
    assert call.finish == {
        "openai_responses": "completed",
        "anthropic": "end_turn",
        "gemini": "STOP",
        "bedrock": "end_turn",
    }.get(form, "stop")
    assert call.tokens == (3, 0, 0, 6)
    assert (shared.counters.prompts, shared.counters.answered) == (["größer?"], 1)


def test_the_answer_function_sees_the_same_request_in_every_form(form: str, shared: Server) -> None:
    seen: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        seen.append(request)
        return '{"kind": "a"}'

    shared.answer = answer
    FORMS[form](shared, "which?", prefix="Be brief.", with_schema=True)
    (request,) = seen
    assert request.prompt == "which?"
    assert request.model == ("maker.tiny-v1:0" if form == "bedrock" else "tiny")
    assert [message["role"] for message in request.messages] == ["system", "user"]
    assert request.json_schema == SCHEMA


def test_gemini_s_own_schema_is_understood(shared: Server) -> None:
    schemas: list[Any] = []
    shared.answer = lambda request: str(schemas.append(request.json_schema))
    kind = {"type": "STRING", "nullable": True, "enum": ["a", "b"]}
    schema = {"type": "OBJECT", "properties": {"kind": kind, "type": {"type": "ARRAY", "items": {"type": "INTEGER"}}}}
    body: dict[str, Any] = {"contents": [{"parts": [{"text": "p"}]}], "generationConfig": {"responseSchema": schema}}
    url = f"{shared.url('gemini')}/v1beta/models/tiny:generateContent"
    try:
        refused = httpx.post(url, json=body)
        body["generationConfig"]["responseMimeType"] = "application/json"
        assert httpx.post(url, json=body).status_code == 200
    finally:
        shared.answer = echo
    assert refused.status_code == 400 and "response_mime_type" in refused.json()["error"]["message"]
    assert schemas == [
        {
            "type": "object",
            "properties": {
                "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
                "type": {"type": "array", "items": {"type": "integer"}},
            },
        }
    ]


@pytest.mark.parametrize(
    ("fault", "finishes"),
    [
        ("truncated", ["length", "max_output_tokens", "max_tokens", "MAX_TOKENS", "max_tokens", "length"]),
        ("refusal", ["stop", "completed", "refusal", "PROHIBITED_CONTENT", "guardrail_intervened", "stop"]),
        ("content_filter", ["content_filter", "content_filter", "refusal", "SAFETY", "content_filtered", "error"]),
    ],
)
def test_what_is_no_full_completion_is_said_in_the_provider_s_words(
    form: str, shared: Server, fault: str, finishes: list[str]
) -> None:
    shared.faults = Faults(**{fault: 1.0})
    call = FORMS[form](shared, "a prompt")
    assert call.finish == finishes[list(FORMS).index(form)]
    assert shared.counters.answered == 0
    if fault == "truncated":
        assert json.dumps({"echo": "a prompt"}).startswith(call.text or "-")
    elif fault == "content_filter":
        assert not call.text
    elif form == "openai_chat":
        assert call.raw.choices[0].message.refusal and call.text is None
    elif form == "openai_responses":
        assert call.raw.output[0].content[0].refusal and call.text is None
    elif form in ("anthropic", "gemini"):
        assert call.text is None
    else:
        assert "can't help" in (call.text or "")


def error_of(form: str, server: Server) -> Any:
    with pytest.raises(Exception, match=".") as raised:
        FORMS[form](server, "p")
    return raised.value


def test_a_throttled_call_says_when_to_come_again_in_the_provider_s_words(form: str, shared: Server) -> None:
    shared.faults = Faults(throttle=1.0, retry_after="7")
    error = error_of(form, shared)
    if form == "gemini":
        assert (error.code, error.status) == (429, "RESOURCE_EXHAUSTED")
        assert error.details["error"]["details"][0]["retryDelay"] == "7s"
        return
    if form == "bedrock":
        assert error.response["Error"]["Code"] == "ThrottlingException"
        assert error.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"
        return
    assert error.headers["retry-after"] == "7" if form == "mistral" else error.response.headers["retry-after"] == "7"
    told = {
        "openai_chat": lambda: error.code == "rate_limit_exceeded",
        "openai_responses": lambda: error.code == "rate_limit_exceeded",
        "anthropic": lambda: error.body["error"]["type"] == "rate_limit_error",
        "mistral": lambda: json.loads(error.body)["type"] == "rate_limited",
    }
    assert told[form]()


def test_gemini_turns_a_date_into_a_delay(shared: Server) -> None:
    started_at = time()
    shared.faults = Faults(throttle=1.0, retry_after=formatdate(started_at + 300, usegmt=True))
    try:
        error = error_of("gemini", shared)
    finally:
        shared.faults = Faults()
    delay = error.details["error"]["details"][0]["retryDelay"]
    # The date is in whole seconds, and the call took as long as it took.
    assert 299 - (time() - started_at) <= int(delay.removesuffix("s")) <= 300


def test_an_error_has_the_provider_s_form(form: str, shared: Server) -> None:
    shared.faults = Faults(error=1.0, error_status=529 if form == "anthropic" else 503)
    error = error_of(form, shared)
    if form == "bedrock":
        assert error.response["Error"]["Code"] == "ServiceUnavailableException"
    elif form == "gemini":
        assert (error.code, error.status) == (503, "UNAVAILABLE")
    elif form == "anthropic":
        assert (error.status_code, error.body["error"]["type"]) == (529, "overloaded_error")
    elif form == "mistral":
        assert (error.status_code, json.loads(error.body)["object"]) == (503, "error")
    else:
        assert (error.status_code, error.type) == (503, "server_error")


@pytest.mark.parametrize("fault", ["drop", "malformed_body"])
def test_no_response_and_no_json(form: str, shared: Server, fault: str) -> None:
    shared.faults = Faults(**{fault: 1.0})
    with pytest.raises(Exception, match="."):
        # Some clients hand the page of HTML on as a text, which has nothing of a response.
        FORMS[form](shared, "p")
    assert shared.counters.by_fault == {fault: 1}


def test_a_long_beginning_is_read_from_the_cache_the_second_time(form: str, shared: Server) -> None:
    first, second = (FORMS[form](shared, prompt, prefix=LONG) for prompt in ("one thing", "another"))
    changed = FORMS[form](shared, "another", prefix="And " + LONG)
    is_marked = form in ("anthropic", "bedrock")
    # The implicit cache goes by steps of 128 tokens.
    cached = 2000 if is_marked else 1920
    assert first.tokens[:3] == (2003, 0, cached if is_marked else 0)
    assert second.tokens[:3] == (2002, cached, 0)
    assert changed.tokens[1] == 0
    shared.reset()
    assert FORMS[form](shared, "another", prefix=LONG).tokens[1] == 0


def test_calls_that_come_together_for_the_first_time_all_miss(shared: Server) -> None:
    shared.reset()
    shared.faults = Faults(latency_s=0.3)
    try:
        with ThreadPoolExecutor(3) as pool:
            together = list(pool.map(lambda number: anthropic(shared, f"prompt {number}", prefix=LONG), range(3)))
        later = anthropic(shared, "prompt", prefix=LONG)
    finally:
        shared.faults = Faults()
    assert [call.tokens[1:3] for call in together] == [(0, 2000)] * 3
    assert later.tokens[1:3] == (2000, 0)


def test_a_short_beginning_is_not_cached(form: str, shared: Server) -> None:
    calls = [FORMS[form](shared, "same", prefix="Be brief.") for _ in range(2)]
    assert [call.tokens[1:3] for call in calls] == [(0, 0), (0, 0)]


def test_reasoning_is_output_that_is_no_text(form: str, shared: Server) -> None:
    shared.answer = lambda _request: Reply("yes", reasoning_tokens=40)
    call = FORMS[form](shared, "p")
    assert (call.text, call.tokens[3]) == ("yes", 41)
    if form == "gemini":
        assert call.raw.usage_metadata.thoughts_token_count == 40


@pytest.mark.parametrize(
    ("path", "body", "fault"),
    [
        ("/v1/responses", {"model": "m"}, "input"),
        ("/v1/responses", {"input": "p"}, "model"),
        ("/v1/messages", {"model": "m", "messages": [{"role": "user", "content": "p"}]}, "max_tokens"),
        ("/v1/messages", {"model": "m", "max_tokens": 1, "messages": [{"role": "system", "content": "p"}]}, "'user' or"),
        ("/v1/messages", {"model": "m", "max_tokens": 1}, "messages"),
        ("/v1beta/models/m:generateContent", {}, "contents"),
        ("/v1beta/models/m:generateContent", {"contents": [{"role": "user"}]}, "parts"),
        ("/model/m/converse", {"messages": []}, "messages"),
        ("/model/m/converse", {"messages": [{"role": "user", "content": "p"}]}, "content blocks"),
    ],
)
def test_what_is_no_request_is_a_400_in_words(shared: Server, path: str, body: dict[str, Any], fault: str) -> None:
    headers = {"anthropic-version": "2023-06-01", "Authorization": "AWS4-HMAC-SHA256 Credential=a/b, Signature=c"}
    response = httpx.post(f"{shared.url('anthropic')}{path}", json=body, headers=headers)
    assert response.status_code == 400
    assert fault in response.text


def test_what_the_providers_insist_on(shared: Server) -> None:
    root = shared.url("bedrock")
    unsigned = httpx.post(f"{root}/model/m/converse", json={"messages": [{"role": "user", "content": [{"text": "p"}]}]})
    assert (unsigned.status_code, unsigned.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    no_version = httpx.post(f"{root}/v1/messages", json={})
    assert (no_version.status_code, "anthropic-version" in no_version.text) == (400, True)


def test_the_key_is_shown_in_each_provider_s_way() -> None:
    with Server(echo, api_key="k") as right, Server(echo, api_key="another") as wrong:
        for name, ask in FORMS.items():
            assert ask(right, "p").text
            # A signature shows no key: Bedrock's caller is who it says.
            if name != "bedrock":
                error_of(name, wrong)
    assert wrong.counters.by_status == {401: len(FORMS) - 1}

"""Request bodies and headers of every wire form, beside those that the providers' own clients send for the same."""

import hashlib
import hmac
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_llm.client import ConfigurationError, Endpoint, MissingDependencyError, Run, submit
from dbt_llm.client.forms import Form, form_of
from tests.support.runs import Kept, make_plan, stream
from tests.support.wire import Sent, Wire

SCHEMA = {
    "type": "object",
    "properties": {
        "label": {"type": "string", "enum": ["a", "b"]},
        "score": {"type": "number", "minimum": 0, "maximum": 1, "nullable": True},
        "note": {"type": "string", "maxLength": 9},
    },
    "required": ["label", "score"],
}
CLOSED = {
    "type": "object",
    "properties": {
        "label": {"type": "string", "enum": ["a", "b"]},
        "score": {"type": ["number", "null"], "description": "(minimum: 0, maximum: 1)"},
        "note": {"type": "string", "description": "(maxLength: 9)"},
    },
    "required": ["label", "score"],
    "additionalProperties": False,
}
LONG = "Read this with care. " * 300
"""Long enough to be cached by every provider."""

PROVIDERS: dict[str, dict[str, Any]] = {
    "openai": {"provider": "openai", "model_name": "gpt-4o-mini"},
    "responses": {"provider": "openai", "api": "responses", "model_name": "gpt-4o-mini"},
    "azure": {"provider": "azure", "model_name": "deployed", "base_url": "https://res.openai.azure.com/openai/v1"},
    "anthropic": {"provider": "anthropic", "model_name": "claude-haiku-4-5"},
    "gemini": {"provider": "gemini", "model_name": "gemini-2.5-flash"},
    "bedrock": {
        "provider": "bedrock",
        "model_name": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "region": "eu-west-1",
        "api_key_env": "KEY",
    },
    "mistral": {"provider": "mistral", "model_name": "mistral-small-latest"},
}


def endpoint(name: str, **options: Any) -> Endpoint:
    return Endpoint.from_options("fast", {**PROVIDERS[name], **options})


def form(name: str, parameters: Any = None, schema: Any = None, prefix: str = "", **options: Any) -> Form:
    return form_of(endpoint(name, **options), parameters, schema, prefix)


def body(made: Form, prompt: str = "p") -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(made.encode(prompt))
    return decoded


def texts(name: str, sent: dict[str, Any]) -> list[str]:
    """The texts of a request's user message, part by part."""
    if name == "gemini":
        return [part["text"] for part in sent["contents"][0]["parts"]]
    message = (sent["input"] if name == "responses" else sent["messages"])[-1]
    assert message["role"] == "user"
    content = message["content"]
    return [content] if isinstance(content, str) else [part["text"] for part in content if "text" in part]


@pytest.mark.parametrize("name", PROVIDERS)
@given(st.text(st.characters(codec=None)))
@settings(max_examples=30, deadline=None)
def test_any_text_is_the_prompt_exactly(name: str, prompt: str) -> None:
    assert texts(name, body(form(name), prompt)) == [prompt]


@pytest.mark.parametrize("name", ["responses", "anthropic", "bedrock"])
@given(rest=st.text(st.characters(codec=None)))
@settings(max_examples=30, deadline=None)
def test_a_divided_prompt_is_the_same_text(name: str, rest: str) -> None:
    options = {"prompt_cache": "30m" if name == "responses" else "5m"}
    if name == "responses":
        options["model_name"] = "gpt-5.6"
    made = form(name, prefix='Say "{":\n', **options)
    parts = texts(name, body(made, 'Say "{":\n' + rest))
    assert "".join(parts) == 'Say "{":\n' + rest
    assert len(parts) == (2 if rest.strip() else 1) and made.cached_bytes == 9
    # What does not begin so, as a prompt of another template, goes as it is.
    assert texts(name, body(made, rest)) == [rest]


@pytest.fixture
def wire() -> Iterator[Wire]:
    replies = {
        "/v1/messages": {
            "id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
            "content": [], "usage": {"input_tokens": 1, "output_tokens": 1},
        },
        "/v1/chat/completions": {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [], "usage": {}},
        "/v1/responses": {"id": "r", "object": "response", "created_at": 1, "model": "m", "output": [], "status": "completed"},
    }  # fmt: skip

    def answer(sent: Sent) -> tuple[int, Any]:
        if sent.path.endswith("/converse"):
            message = {"role": "assistant", "content": [{"text": "x"}]}
            usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
            return 200, {"output": {"message": message}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
        return 200, replies.get(sent.path, {})

    with Wire(answer) as made:
        yield made


def test_anthropic_as_its_own_client_sends_it(wire: Wire) -> None:
    anthropic = pytest.importorskip("anthropic")
    client = anthropic.Anthropic(base_url=wire.origin, api_key="k", max_retries=0)
    client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=50,
        stop_sequences=["END"],
        output_config={"effort": "low", "format": {"type": "json_schema", "schema": CLOSED}},
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": LONG, "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                    {"type": "text", "text": "rest"},
                ],
            }
        ],
    )
    parameters = {"max_tokens": 50, "stop": "END", "output_config": {"effort": "low"}}
    made = form("anthropic", parameters, SCHEMA, LONG, base_url=f"{wire.origin}/v1", prompt_cache="1h")
    assert body(made, LONG + "rest") == wire.sent[0].body
    assert made.url == wire.origin + wire.sent[0].path and made.max_output_tokens == 50
    assert dict(made.headers("k", b""))["anthropic-version"] == "2023-06-01"


def test_anthropic_has_a_limit_of_tokens_that_is_not_the_tasks() -> None:
    made = form("anthropic")
    assert body(made)["max_tokens"] == 16_384 and made.max_output_tokens is None


def test_gemini_as_its_own_client_sends_it(wire: Wire) -> None:
    genai = pytest.importorskip("google.genai")
    schema = {
        "type": "object",
        "properties": {
            "label": {"type": "string", "enum": ["a", "b"]},
            "score": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
            "note": {"type": "string", "description": "(maxLength: 9)"},
        },
        "required": ["label", "score"],
        "propertyOrdering": ["label", "score", "note"],
    }
    client = genai.Client(api_key="k", http_options={"base_url": wire.origin})
    client.models.generate_content(
        model="gemini-2.5-flash",
        contents="p",
        config={
            "max_output_tokens": 50,
            "temperature": 0,
            "top_p": 0.5,
            "stop_sequences": ["END"],
            "thinking_config": {"thinking_budget": 0},
            "service_tier": "flex",
            "response_mime_type": "application/json",
            "response_json_schema": schema,
        },
    )
    made = form(
        "gemini",
        {
            "max_tokens": 50, "temperature": 0, "top_p": 0.5, "stop": ["END"],
            "thinking_config": {"thinking_budget": 0}, "service_tier": "flex",
        },
        SCHEMA,
        base_url=f"{wire.origin}/v1beta",
    )  # fmt: skip
    assert body(made) == wire.sent[0].body
    assert made.url == wire.origin + wire.sent[0].path
    assert made.headers("k", b"")["x-goog-api-key"] == wire.sent[0].headers["x-goog-api-key"]


def test_mistral_as_its_own_client_sends_it(wire: Wire) -> None:
    mistral = pytest.importorskip("mistralai.client")
    made = form("mistral", {"max_tokens": 50, "random_seed": 1}, SCHEMA, base_url=f"{wire.origin}/v1")
    schema = body(made)["response_format"]["json_schema"]["schema"]
    client = mistral.Mistral(api_key="k", server_url=wire.origin)
    client.chat.complete(
        model="mistral-small-latest",
        max_tokens=50,
        random_seed=1,
        messages=[{"role": "user", "content": "p"}],
        response_format={"type": "json_schema", "json_schema": {"name": "response", "strict": True, "schema": schema}},
    )
    theirs = {name: value for name, value in wire.sent[0].body.items() if value not in (False, None)}
    assert body(made) == theirs and made.url == wire.origin + wire.sent[0].path
    assert made.headers("k", b"")["Authorization"] == wire.sent[0].headers["authorization"]


def test_openai_responses_as_its_own_client_sends_them(wire: Wire) -> None:
    openai = pytest.importorskip("openai")
    made = form(
        "responses",
        {"max_tokens": 50, "service_tier": "flex", "text": {"verbosity": "low"}},
        SCHEMA,
        LONG,
        base_url=f"{wire.origin}/v1",
        prompt_cache="30m",
    )
    schema = body(made)["text"]["format"]["schema"]
    openai.OpenAI(base_url=f"{wire.origin}/v1", api_key="k", max_retries=0).responses.create(
        model="gpt-4o-mini",
        store=False,
        max_output_tokens=50,
        service_tier="flex",
        prompt_cache_options={"mode": "explicit"},
        text={
            "verbosity": "low",
            "format": {"type": "json_schema", "name": "response", "strict": True, "schema": schema},
        },
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": LONG, "prompt_cache_breakpoint": {"mode": "explicit"}},
                    {"type": "input_text", "text": "rest"},
                ],
            }
        ],
    )
    assert body(made, LONG + "rest") == wire.sent[0].body and made.url == wire.origin + wire.sent[0].path


def test_bedrock_as_its_own_client_sends_it(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3 = pytest.importorskip("boto3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = boto3.client("bedrock-runtime", region_name="eu-west-1", endpoint_url=wire.origin)
    client.converse(
        modelId=PROVIDERS["bedrock"]["model_name"],
        messages=[
            {"role": "user", "content": [{"text": LONG}, {"cachePoint": {"type": "default", "ttl": "1h"}}, {"text": "rest"}]}
        ],
        inferenceConfig={"maxTokens": 50, "temperature": 0, "topP": 0.5, "stopSequences": ["END"]},
        serviceTier={"type": "flex"},
        additionalModelRequestFields={"top_k": 5},
        outputConfig={
            "effort": "low",
            "textFormat": {
                "type": "json_schema",
                "structure": {
                    "jsonSchema": {"name": "response", "schema": json.dumps(CLOSED, ensure_ascii=False, separators=(",", ":"))}
                },
            },
        },
    )
    parameters = {
        "max_tokens": 50, "temperature": 0, "top_p": 0.5, "stop": "END", "top_k": 5, "service_tier": "flex", "effort": "low",
    }  # fmt: skip
    made = form("bedrock", parameters, SCHEMA, LONG, base_url=wire.origin, prompt_cache="1h", api_key_env=None)
    assert body(made, LONG + "rest") == wire.sent[0].body
    assert made.url == wire.origin + wire.sent[0].path


def _signature(sent: Sent, secret: str, region: str) -> str:
    """AWS's signature, version 4, computed from what came over the wire, as its documentation says."""

    def sign(key: bytes, text: str) -> bytes:
        return hmac.new(key, text.encode(), hashlib.sha256).digest()

    fields = dict(part.strip().split("=", 1) for part in sent.headers["authorization"].split(" ", 1)[1].split(","))
    names = fields["SignedHeaders"].split(";")
    path = sent.path.replace("%", "%25")
    canonical = "\n".join(
        [
            "POST", path, "", *(f"{name}:{sent.headers[name]}" for name in names), "", ";".join(names),
            hashlib.sha256(sent.content).hexdigest(),
        ]
    )  # fmt: skip
    at = sent.headers["x-amz-date"]
    scope = f"{at[:8]}/{region}/bedrock/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = sign(sign(sign(sign(f"AWS4{secret}".encode(), at[:8]), region), "bedrock"), "aws4_request")
    assert set(names) >= {"host", "x-amz-date"}
    return f"{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()} {fields['Signature']}"


def test_each_call_to_bedrock_is_signed_over_what_is_sent(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("botocore")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    plan = make_plan(wire.origin, **{**PROVIDERS["bedrock"], "api_key_env": None})
    kept = Kept()
    submit(Run(plan, stream(["first", "zweiter ä"]), kept).execute()).result(20)
    assert kept.count(None) == len(wire.sent) == 2
    for sent in wire.sent:
        assert "v1%3A0/converse" in sent.path
        computed, given_ = _signature(sent, "secret", "eu-west-1").split()
        assert computed == given_
    assert wire.sent[0].headers["authorization"] != wire.sent[1].headers["authorization"]


def test_bedrock_without_credentials_or_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    session = pytest.importorskip("botocore.session")
    monkeypatch.setattr(session.Session, "get_credentials", lambda _: None)
    with pytest.raises(ConfigurationError, match="has no AWS credentials. Expected"):
        form("bedrock", api_key_env=None)
    monkeypatch.setitem(sys.modules, "botocore.auth", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'dbt-llm\[bedrock\]'"):
        form("bedrock", api_key_env=None)


def test_keys_go_where_each_provider_looks_for_them() -> None:
    names = {"anthropic": "x-api-key", "azure": "api-key", "gemini": "x-goog-api-key"}
    for name in PROVIDERS:
        made = form(name)
        headers = made.headers("secret", b"")
        assert headers[names.get(name, "Authorization")] == ("secret" if name in names else "Bearer secret")
        assert headers["Content-Type"] == "application/json"
        assert made.headers("secret", b"") is headers, "made anew for each call"
        if name != "bedrock":
            assert "secret" not in str(made.headers(None, b"")) and "None" not in str(made.headers(None, b""))


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("level", ["json", "ask"])
def test_weaker_levels_say_the_schema_in_a_system_message(name: str, level: str) -> None:
    made = form(name, schema=SCHEMA, structured_output=level)
    sent = body(made)
    if name in ("anthropic",):
        system = sent["system"]
    elif name == "gemini":
        system = sent["systemInstruction"]["parts"][0]["text"]
    elif name == "bedrock":
        system = sent["system"][0]["text"]
    else:
        system = sent["input" if name == "responses" else "messages"][0]["content"]
    assert json.loads(system.split("\n")[1])["required"] == ["label", "score"]
    assert made.constant_bytes == len(system.encode()) and made.warning is None
    marks = {
        "gemini": sent.get("generationConfig"),
        "responses": sent.get("text"),
    }.get(name, sent.get("response_format"))
    has_json_mode = name not in ("anthropic", "bedrock")
    assert (marks is not None) == (level == "json" and has_json_mode)
    assert "output_config" not in sent and "outputConfig" not in sent


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_parameter_that_would_change_the_response_is_refused(name: str) -> None:
    for parameter in ("model", "stream", "n", "response_format"):
        with pytest.raises(ConfigurationError, match=f"'{parameter}'"):
            form(name, {parameter: 1})


@pytest.mark.parametrize("name", ["openai", "responses", "azure", "mistral", "anthropic"])
def test_a_service_tier_passes(name: str) -> None:
    assert body(form(name, {"service_tier": "flex"}))["service_tier"] == "flex"


def test_nothing_is_stored_at_openai_unless_asked() -> None:
    assert body(form("responses"))["store"] is False
    assert body(form("responses", {"store": True}))["store"] is True


def test_the_cache_is_used_by_itself_where_the_beginning_is_long_enough() -> None:
    for name in PROVIDERS:
        short, long = form(name, prefix="short"), form(name, prefix=LONG)
        assert short.cached_bytes == 0 and texts(name, body(short, "short p")) == ["short p"]
        is_marked = name in ("anthropic", "bedrock")
        assert long.cached_bytes == (len(LONG) if is_marked else 0), name
        assert len(texts(name, body(long, LONG + "p"))) == (2 if is_marked else 1)
    assert "cache_control" not in str(body(form("anthropic", prefix=LONG, prompt_cache="off"), LONG + "p"))
    # A model that has no cache would refuse the mark.
    assert form("bedrock", prefix=LONG, model_name="meta.llama3-3-70b-instruct-v1:0").cached_bytes == 0
    assert form("bedrock", prefix=LONG, model_name="eu.amazon.nova-lite-v1:0").cached_bytes > 0


def test_what_is_said_about_the_schema_is_cached_with_the_beginning() -> None:
    sent = body(form("anthropic", schema=SCHEMA, structured_output="ask", prompt_cache="5m"), "p")
    assert sent["system"][0]["cache_control"] == {"type": "ephemeral", "ttl": "5m"}
    sent = body(form("anthropic", schema=SCHEMA, structured_output="ask", prompt_cache="5m", prefix="Read: "), "Read: p")
    assert "cache_control" not in sent["system"][0]
    assert "cache_control" in sent["messages"][0]["content"][0]


def test_openai_caches_what_is_constant_only() -> None:
    # From gpt-5.6 on a write is billed, and every prompt's end would be one.
    def options(**changed: Any) -> dict[str, Any]:
        return body(form("openai", prefix=LONG, **changed), LONG + "p")

    assert "prompt_cache_options" not in options() and len(options()["prompt_cache_key"]) == 32
    newest = options(model_name="gpt-5.6-mini")
    assert newest["prompt_cache_options"] == {"mode": "explicit"}
    assert newest["messages"][0]["content"][0]["prompt_cache_breakpoint"] == {"mode": "explicit"}
    off = options(model_name="gpt-6", prompt_cache="off")
    assert off["prompt_cache_options"] == {"mode": "explicit"} and "prompt_cache_key" not in off
    assert off["messages"][0]["content"] == LONG + "p"
    other = options(model_name="gpt-5.6", base_url="http://localhost:1/v1")
    assert not any(name.startswith("prompt_cache") for name in other), "another server may refuse it"
    own = body(form("openai", {"prompt_cache_key": "mine"}, prefix=LONG), "p")
    assert own["prompt_cache_key"] == "mine"


def test_one_task_has_one_cache_key() -> None:
    keys = {body(form("mistral", prefix=LONG), prompt)["prompt_cache_key"] for prompt in (LONG + "a", LONG + "b")}
    assert len(keys) == 1
    assert body(form("mistral", prefix=LONG + "!"))["prompt_cache_key"] not in keys
    assert "prompt_cache_key" not in body(form("mistral", prefix=LONG, prompt_cache="off"))


@pytest.mark.parametrize(
    ("model_name", "takes"),
    [
        ("claude-haiku-4-5", True), ("claude-haiku-4-5-20251001", True), ("claude-sonnet-4-6", True),
        ("claude-sonnet-4-20250514", True), ("claude-3-5-haiku-20241022", True), ("claude-opus-4-7", False),
        ("claude-opus-5", False), ("claude-sonnet-5-5", False), ("claude-haiku-5-5", False), ("claude-fable-5", False),
        ("claude-mythos-preview", False),
    ],
)  # fmt: skip
def test_sampling_that_a_claude_would_refuse_is_left_out_and_said(model_name: str, takes: bool) -> None:
    for name, bedrock_name in (("anthropic", model_name), ("bedrock", f"eu.anthropic.{model_name}-v1:0")):
        made = form(name, {"temperature": 0, "top_k": 1, "max_tokens": 5}, model_name=bedrock_name)
        assert ("temperature" in str(body(made))) == ("top_k" in str(body(made))) == takes
        assert (made.warning is None) == takes
        assert takes or "takes no temperature, top_k" in str(made.warning)
    assert "temperature" in str(body(form("bedrock", {"temperature": 0}, model_name="amazon.nova-lite-v1:0")))

"""What each provider's responses mean: completions, refusals, cuts, errors, and how their tokens are counted."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_llm.client import Endpoint
from dbt_llm.client.forms import Form, form_of
from dbt_llm.client.outcomes import Kind, Outcome, Trouble, parsed
from dbt_llm.client.verdicts import trouble_of

OPTIONS: dict[str, dict[str, Any]] = {
    "openai": {"provider": "openai"},
    "responses": {"provider": "openai", "api": "responses"},
    "azure": {"provider": "azure", "base_url": "https://r.openai.azure.com/openai/v1"},
    "anthropic": {"provider": "anthropic"},
    "gemini": {"provider": "gemini"},
    "bedrock": {"provider": "bedrock", "region": "us-east-1", "api_key_env": "K"},
    "mistral": {"provider": "mistral"},
}
FORMS: dict[str, Form] = {
    name: form_of(Endpoint.from_options("fast", {"model_name": "m", **options})) for name, options in OPTIONS.items()
}


def read(name: str, status: int, body: Any) -> Outcome:
    return FORMS[name].interpret(status, body)


def chat(content: Any = "yes", finish_reason: str = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish_reason}
    return {"model": "m-1", "choices": [choice], "usage": usage or {"prompt_tokens": 10, "completion_tokens": 2}}


def responses(*parts: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    return {
        "object": "response", "model": "m-1", "status": status, "error": None, "incomplete_details": None,
        "output": [{"type": "reasoning", "summary": []}, {"type": "message", "role": "assistant", "content": list(parts)}],
        "usage": {
            "input_tokens": 10, "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 3},
            "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 1},
        },
        **more,
    }  # fmt: skip


SAID = {"type": "output_text", "text": "yes", "annotations": []}


def incomplete(reason: str) -> dict[str, Any]:
    return responses(SAID, status="incomplete", incomplete_details={"reason": reason})


def failed(code: str) -> dict[str, Any]:
    return responses(status="failed", error={"code": code, "message": "x"})


def message(*texts: str, stop_reason: str = "end_turn", **more: Any) -> dict[str, Any]:
    return {
        "type": "message", "role": "assistant", "model": "m-1", "stop_reason": stop_reason,
        "content": [{"type": "thinking", "thinking": "hm"}, *({"type": "text", "text": text} for text in texts)],
        "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 3, "output_tokens": 2},
        **more,
    }  # fmt: skip


def candidate(*parts: Any, finish: str = "STOP") -> dict[str, Any]:
    return {
        "candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": finish, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 10, "cachedContentTokenCount": 4, "candidatesTokenCount": 2, "thoughtsTokenCount": 5,
            "totalTokenCount": 17,
        },
        "modelVersion": "m-1",
    }  # fmt: skip


BLOCKED = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}


def converse(*texts: str, stop: str = "end_turn") -> dict[str, Any]:
    content = [{"reasoningContent": {"reasoningText": {"text": "hm"}}}, *({"text": text} for text in texts)]
    usage = {"inputTokens": 3, "outputTokens": 2, "totalTokens": 12, "cacheReadInputTokens": 4, "cacheWriteInputTokens": 3}
    return {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": stop, "usage": usage}


def anthropic_words(words: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "invalid_request_error", "message": words}}


WRITES = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 3}}


@pytest.mark.parametrize(
    ("name", "body", "finish_reason", "output_tokens", "written", "response_model"),
    [
        ("openai", chat(usage=WRITES), "stop", 2, 3, "m-1"),
        ("azure", chat(usage=WRITES), "stop", 2, 3, "m-1"),
        ("mistral", chat([{"type": "thinking"}, {"type": "text", "text": "yes"}], usage=WRITES), "stop", 2, 3, "m-1"),
        ("responses", responses(SAID), "completed", 2, 3, "m-1"),
        ("anthropic", message("ye", "s"), "end_turn", 2, 3, "m-1"),
        ("gemini", candidate({"text": "hm", "thought": True}, {"text": "ye"}, {"text": "s"}), "STOP", 7, None, "m-1"),
        ("bedrock", converse("yes"), "end_turn", 2, 3, None),
    ],
)  # fmt: skip
def test_success_with_the_tokens_of_the_whole_prompt(
    name: str, body: Any, finish_reason: str, output_tokens: int, written: int | None, response_model: str | None
) -> None:
    outcome = read(name, 200, body)
    assert outcome == Outcome(
        Kind.SUCCEEDED,
        completion="yes",
        finish_reason=finish_reason,
        input_tokens=10,
        output_tokens=output_tokens,
        response_model=response_model,
        cached_input_tokens=4,
        cache_write_tokens=written,
    )


def test_mistrals_other_count_of_cached_tokens() -> None:
    assert read("mistral", 200, chat(usage={"prompt_tokens": 10, "num_cached_tokens": 4})).cached_input_tokens == 4


FAILED, TRANSIENT, BLANK, THROTTLED, FATAL = Kind.FAILED, Kind.TRANSIENT, Kind.BLANK, Kind.THROTTLED, Kind.FATAL


@pytest.mark.parametrize(
    ("name", "body", "kind", "error_class", "completion"),
    [
        ("mistral", chat("ye", "model_length"), FAILED, "truncated", "ye"),
        ("mistral", chat("ye", "error"), BLANK, "provider_error", None),
        ("responses", incomplete("max_output_tokens"), FAILED, "truncated", "yes"),
        ("responses", incomplete("content_filter"), FAILED, "refused", None),
        ("responses", incomplete("steered"), BLANK, "provider_error", None),
        ("responses", responses({"type": "refusal", "refusal": "No."}), FAILED, "refused", None),
        ("responses", responses(), BLANK, "provider_error", None),
        ("responses", responses(status="in_progress"), BLANK, "provider_error", None),
        ("responses", failed("server_error"), TRANSIENT, "provider_error", None),
        ("responses", failed("rate_limit_exceeded"), THROTTLED, None, None),
        ("responses", failed("bio_policy"), FAILED, "refused", None),
        ("responses", failed("invalid_prompt"), FAILED, "invalid_request", None),
        ("anthropic", message("ye", stop_reason="max_tokens"), FAILED, "truncated", "ye"),
        ("anthropic", message(stop_reason="max_tokens"), FAILED, "truncated", None),
        ("anthropic", message("ye", stop_reason="model_context_window_exceeded"), FAILED, "truncated", "ye"),
        ("anthropic", message("I", stop_reason="refusal"), FAILED, "refused", None),
        ("anthropic", message("x", stop_reason="pause_turn"), BLANK, "provider_error", None),
        ("anthropic", message("x", stop_reason="tool_use"), BLANK, "provider_error", None),
        ("anthropic", message(), BLANK, "provider_error", None),
        ("gemini", candidate({"text": "ye"}, finish="MAX_TOKENS"), FAILED, "truncated", "ye"),
        *[("gemini", candidate({"text": "ye"}, finish=reason), FAILED, "refused", None)
          for reason in ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE")],
        ("gemini", candidate({"text": "ye"}, finish="OTHER"), BLANK, "provider_error", None),
        ("gemini", candidate(), BLANK, "provider_error", None),
        ("gemini", candidate({"text": "hm", "thought": True}), BLANK, "provider_error", None),
        ("gemini", BLOCKED, FAILED, "refused", None),
        ("gemini", {"candidates": []}, BLANK, "provider_error", None),
        ("bedrock", converse("ye", stop="max_tokens"), FAILED, "truncated", "ye"),
        ("bedrock", converse("ye", stop="model_context_window_exceeded"), FAILED, "truncated", "ye"),
        ("bedrock", converse("ye", stop="guardrail_intervened"), FAILED, "refused", None),
        ("bedrock", converse("ye", stop="content_filtered"), FAILED, "refused", None),
        ("bedrock", converse("ye", stop="malformed_model_output"), BLANK, "provider_error", None),
        ("bedrock", converse(), BLANK, "provider_error", None),
    ],
)  # fmt: skip
def test_200_without_a_whole_answer(name: str, body: Any, kind: Kind, error_class: str | None, completion: str | None) -> None:
    outcome = read(name, 200, body)
    assert (outcome.kind, outcome.error_class, outcome.completion) == (kind, error_class, completion)
    assert outcome.message
    # It may be billed.
    assert outcome.input_tokens or body == {"candidates": []}


@pytest.mark.parametrize(
    ("name", "body", "came"),
    [
        ("openai", chat(None, reasoning_content="{}"), "reasoning_content"),
        ("openai", chat("", reasoning="{}"), "reasoning"),
        ("mistral", chat("", tool_calls=[{"id": "x"}]), "tool_calls"),
        ("responses", responses(), "reasoning"),
        ("responses", {**responses(), "output": [{"type": "function_call"}]}, "function_call"),
        ("anthropic", message(), "thinking"),
        ("anthropic", message(content=[{"type": "tool_use"}], stop_reason="tool_use"), "tool_use"),
        ("gemini", candidate({"text": "hm", "thought": True}), "thoughts"),
        ("gemini", candidate({"functionCall": {"name": "x"}}), "functionCall"),
        ("bedrock", converse(), "reasoningContent"),
    ],
)
def test_what_came_in_a_completions_place_is_named(name: str, body: Any, came: str) -> None:
    outcome = read(name, 200, body)
    assert outcome.kind is BLANK and f"what came is {came}" in str(outcome.message)
    assert outcome.trouble is Trouble.NO_ANSWER


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("openai", chat(" \n")),
        ("responses", {**responses({**SAID, "text": ""}), "output": [{"type": "message", "content": [{**SAID, "text": ""}]}]}),
        ("anthropic", message(content=[])),
        ("gemini", candidate({"text": ""})),
        ("bedrock", {**converse(), "output": {"message": {"content": [{"text": " "}]}}}),
    ],
)
def test_a_blank_completion_is_none(name: str, body: Any) -> None:
    outcome = read(name, 200, body)
    assert (outcome.kind, outcome.trouble, outcome.completion) == (BLANK, Trouble.EMPTY, None)
    assert outcome.output_tokens is not None and "empty completion" in str(outcome.message)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        (
            "openai",
            400,
            {"error": {"message": "This model's maximum context length is 8192 tokens. However, you requested 9000"}},
        ),
        ("openai", 400, {"error": {"code": "context_length_exceeded", "message": "x"}}),
        ("openai", 400, {"error": {"message": "Input tokens exceed the configured limit of 272000 tokens."}}),
        ("openai", 400, {"error": {"message": "the request exceeds the available context size, try increasing it"}}),
        ("openai", 400, {"error": {"message": "The decoder prompt (length 9) is longer than the maximum model length of 8."}}),
        ("anthropic", 400, anthropic_words("prompt is too long: 208310 tokens > 199999 maximum")),
        ("anthropic", 400, anthropic_words("input length and `max_tokens` exceed context limit: 199999 + 20 > 200000")),
        (
            "gemini",
            400,
            {"error": {"message": "The input token count (1200000) exceeds the maximum number of tokens allowed (1)."}},
        ),
        ("bedrock", 400, {"message": "Input is too long for requested model."}),
        ("mistral", 400, {"message": "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum"}),
    ],
)
def test_too_long_for_the_model(name: str, status: int, body: Any) -> None:
    assert trouble_of(read(name, status, body)) is Trouble.OWN


@pytest.mark.parametrize(
    "words", ["'response_format' is not supported", "max_tokens is too large: 90000", "temperature: no such value", "x"]
)
def test_other_refusals_are_not_the_prompts_length(words: str) -> None:
    assert trouble_of(read("openai", 400, {"error": {"message": words}})) is Trouble.REFUSED


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("Request too large for m on tokens per min (TPM): Limit 3000, Requested 3100.", Trouble.TOO_LARGE),
        ("Please reduce your message size and try again.", Trouble.TOO_LARGE),
        ("Rate limit reached for m on tokens per min (TPM): Limit 9, Used 8, Requested 2.", Trouble.PUT_OFF),
        ("Please reduce your request rate.", Trouble.PUT_OFF),
    ],
)
def test_a_429_that_no_wait_mends(words: str, trouble: Trouble) -> None:
    assert trouble_of(read("openai", 429, {"error": {"message": words}})) is trouble


@pytest.mark.parametrize("code", ["390112", 390112])
def test_snowflakes_expired_session_has_the_status_of_an_answer(code: Any) -> None:
    body = {"data": None, "code": code, "message": "Your session has expired. Please login again.", "success": False}
    outcome = read("openai", 200, body)
    assert (outcome.kind, outcome.fault, trouble_of(outcome)) == (FATAL, "key", Trouble.MISSET)


def test_why_it_was_refused() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": None}
    assert read("anthropic", 200, message("I", stop_reason="refusal", stop_details=details)).message == "cyber"
    assert read("gemini", 200, {"promptFeedback": {"blockReason": "SAFETY"}}).message == "the prompt was blocked (SAFETY)"
    assert read("responses", 200, responses({"type": "refusal", "refusal": "No."})).message == "No."


def anthropic_error(kind: str, words: str = "x", **details: Any) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": words, **details}, "request_id": "r"}


def google_error(status: str, words: str = "x", *details: Any) -> dict[str, Any]:
    return {"error": {"code": 0, "message": words, "status": status, "details": list(details)}}


SPENT = anthropic_error("rate_limit_error", details={"error_code": "enforced_spend_limit_reached"})
INVALID_MODEL = {"object": "error", "message": "Invalid model: x", "type": "invalid_model", "code": "1500"}
LOW = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
NO_MODEL = "The provided model identifier is invalid."
ON_DEMAND = "Invocation of model ID anthropic.x with on-demand throughput isn’t supported. Retry with an inference profile."


@pytest.mark.parametrize(
    ("name", "status", "body", "kind", "fault"),
    [
        ("anthropic", 400, anthropic_error("invalid_request_error", "max_tokens: too large"), FAILED, None),
        ("anthropic", 400, anthropic_error("invalid_request_error", LOW), FATAL, "credit"),
        ("anthropic", 401, anthropic_error("authentication_error"), FATAL, "key"),
        ("anthropic", 402, anthropic_error("billing_error"), FATAL, "credit"),
        ("anthropic", 403, anthropic_error("permission_error"), FATAL, "access"),
        ("anthropic", 404, anthropic_error("not_found_error", "model: x"), FATAL, "model"),
        ("anthropic", 413, anthropic_error("request_too_large"), FAILED, None),
        ("anthropic", 429, anthropic_error("rate_limit_error"), THROTTLED, None),
        ("anthropic", 429, anthropic_error("rate_limit_error", details={"error_code": "ramp_limit_exceeded"}), THROTTLED, None),
        ("anthropic", 429, SPENT, FATAL, "credit"),
        ("anthropic", 500, anthropic_error("api_error"), TRANSIENT, None),
        ("anthropic", 504, anthropic_error("timeout_error"), TRANSIENT, None),
        ("anthropic", 529, anthropic_error("overloaded_error"), THROTTLED, None),
        ("gemini", 400, google_error("INVALID_ARGUMENT"), FAILED, None),
        ("gemini", 400, google_error("INVALID_ARGUMENT", "API key not valid.", BAD_KEY), FATAL, "key"),
        ("gemini", 400, google_error("FAILED_PRECONDITION", "User location is not supported."), FATAL, "credit"),
        ("gemini", 403, google_error("PERMISSION_DENIED"), FATAL, "access"),
        ("gemini", 404, google_error("NOT_FOUND"), FATAL, "model"),
        ("gemini", 429, google_error("RESOURCE_EXHAUSTED"), THROTTLED, None),
        ("gemini", 429, google_error("RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), FATAL, "credit"),
        ("gemini", 500, google_error("INTERNAL"), TRANSIENT, None),
        ("gemini", 503, google_error("UNAVAILABLE", "The model is overloaded."), TRANSIENT, None),
        ("bedrock", 400, {"message": "Malformed input request."}, FAILED, None),
        ("bedrock", 400, {"message": NO_MODEL}, FATAL, "model"),
        ("bedrock", 400, {"message": ON_DEMAND}, FATAL, "model"),
        ("bedrock", 403, {"message": "You don't have access to the model with the specified model ID."}, FATAL, "access"),
        ("bedrock", 403, {"Message": "The security token included in the request is expired"}, FATAL, "access"),
        ("bedrock", 404, {"message": "x"}, FATAL, "model"),
        ("bedrock", 408, {"message": "Model timed out"}, TRANSIENT, None),
        ("bedrock", 424, {"message": "Model error", "originalStatusCode": 500}, TRANSIENT, None),
        ("bedrock", 429, {"message": "Too many tokens, please wait before trying again."}, THROTTLED, None),
        ("bedrock", 503, {"message": "Bedrock is unable to process your request."}, TRANSIENT, None),
        ("mistral", 400, INVALID_MODEL, FATAL, "model"),
        ("mistral", 401, {"detail": "Unauthorized"}, FATAL, "key"),
        ("mistral", 422, {"detail": [{"loc": ["body"], "msg": "x"}]}, FAILED, None),
        ("mistral", 429, {"message": "x", "type": "service_tier_capacity_exceeded"}, THROTTLED, None),
        ("azure", 400, {"error": {"code": "content_filter", "message": "The response was filtered"}}, FAILED, None),
        ("azure", 401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key"}}, FATAL, "key"),
        ("azure", 404, {"error": {"code": "DeploymentNotFound", "message": "x"}}, FATAL, "model"),
        ("responses", 429, {"error": {"code": "insufficient_quota", "message": "x"}}, FATAL, "credit"),
        ("responses", 404, {"error": {"code": "model_not_found", "message": "x"}}, FATAL, "model"),
    ],
)  # fmt: skip
def test_errors(name: str, status: int, body: Any, kind: Kind, fault: str | None) -> None:
    outcome = read(name, status, body)
    assert (outcome.kind, outcome.fault, outcome.status) == (kind, fault, status)
    assert outcome.message or name == "mistral"


def test_a_filtered_prompt_on_azure_is_refused() -> None:
    assert read("azure", 400, {"error": {"code": "content_filter", "message": "x"}}).error_class == "refused"


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37.5s"}


@pytest.mark.parametrize(
    ("details", "wait"),
    [
        ([RETRY], 37.5),
        ([], None),
        ([{**RETRY, "retryDelay": 7}], None),
        ([RETRY, {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}]}], 37.5),
        # The delay beside a day's quota is not when that is filled again.
        ([RETRY, {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}], 86_400),
    ],
)
def test_gemini_says_in_the_body_how_long_to_wait(details: list[Any], wait: float | None) -> None:
    assert read("gemini", 429, google_error("RESOURCE_EXHAUSTED", "x", *details)).retry_after_s == wait


VALID = {
    "openai": [chat(usage=WRITES), {"error": {"code": "x", "type": "y", "message": "z"}}],
    "responses": [responses(SAID, {"type": "refusal", "refusal": "No."}), incomplete("content_filter"), failed("server_error")],
    "azure": [chat(usage=WRITES)],
    "anthropic": [message("yes"), SPENT],
    "gemini": [
        candidate({"text": "yes", "thought": False}),
        BLOCKED,
        google_error("RESOURCE_EXHAUSTED", "x", BAD_KEY, RETRY, {"violations": [{"quotaId": "x"}]}),
    ],
    "bedrock": [converse("yes"), {"message": "x", "__type": "y"}],
    "mistral": [chat([{"type": "text", "text": "yes"}]), INVALID_MODEL],
}
JUNK = st.sampled_from([None, True, 7, -1, 1e300, "text", "\ud800", [], [7], [[]], [None], {}, {"a": 7}, {"text": []}])


def spoiled(data: st.DataObject, value: Any) -> Any:
    """The value with a part of it, somewhere, replaced by something else or gone."""
    if not isinstance(value, (dict, list)) or not value or data.draw(st.integers(0, 4)) == 0:
        return data.draw(JUNK)
    at = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
    made = value.copy()
    if data.draw(st.integers(0, 5)) == 0:
        del made[at]
    else:
        made[at] = spoiled(data, made[at])
    return made


@pytest.mark.parametrize("name", FORMS)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_nothing_that_a_server_says_raises(name: str, data: st.DataObject) -> None:
    status = data.draw(st.sampled_from([200, 200, 400, 429, 500]))
    body = spoiled(data, data.draw(st.sampled_from(VALID[name])))
    outcome = read(name, status, body)
    assert status == 200 or outcome.kind is not Kind.SUCCEEDED
    assert outcome.kind is not Kind.SUCCEEDED or isinstance(outcome.completion, str)
    for words in (outcome.completion, outcome.message, outcome.finish_reason, outcome.response_model, outcome.code):
        # What no table can hold is gone.
        assert words is None or isinstance(words.encode(), bytes)
    for tokens in (outcome.input_tokens, outcome.output_tokens, outcome.cached_input_tokens, outcome.cache_write_tokens):
        assert tokens is None or (type(tokens) is int and tokens >= 0)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b"null", b"[]", b"{}", b'"text"', b"7"])
def test_200_that_is_no_response_is_no_answer(name: str, content: bytes) -> None:
    outcome = read(name, 200, parsed(content))
    assert (outcome.kind, outcome.error_class) == (Kind.BLANK, "provider_error")

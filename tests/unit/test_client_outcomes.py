"""What each response of an endpoint means."""

import json
from typing import Any

import pytest

from dbt_llm.client import Endpoint
from dbt_llm.client.forms import form_of
from dbt_llm.client.outcomes import Kind, Outcome, parsed, redact
from dbt_llm.client.redaction import bare, error_words, token


def read(status: int, body: bytes) -> Outcome:
    endpoint = Endpoint.from_options("fast", {"model_name": "m", "base_url": "http://x/v1"})
    return form_of(endpoint).interpret(status, parsed(body))


def completion(content: Any = "yes", finish_reason: str = "stop", **message: Any) -> bytes:
    return json.dumps(
        {
            "model": "m-1",
            "choices": [
                {
                    "message": {"content": content, **message},
                    "finish_reason": finish_reason,
                }
            ],
            "usage": {"prompt_tokens": 3, "completion_tokens": 1},
        }
    ).encode()


def error(code: str | None = None, message: str = "no") -> bytes:
    return json.dumps({"error": {"message": message, "code": code}}).encode()


def test_success() -> None:
    outcome = read(200, completion())
    assert (outcome.kind, outcome.completion, outcome.finish_reason) == (
        Kind.SUCCEEDED,
        "yes",
        "stop",
    )
    assert (outcome.input_tokens, outcome.output_tokens, outcome.response_model) == (
        3,
        1,
        "m-1",
    )


def test_content_parts_are_joined() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert read(200, completion(parts)).completion == "ab"


@pytest.mark.parametrize(
    ("body", "kind", "error_class"),
    [
        (completion("ye", "length"), Kind.FAILED, "truncated"),
        (completion(None, "length"), Kind.FAILED, "truncated"),
        (completion(None, "content_filter"), Kind.FAILED, "refused"),
        (completion(None, refusal="I will not."), Kind.FAILED, "refused"),
        *[
            (completion(content), Kind.BLANK, "provider_error")
            for content in (None, 7, "", " \n\t", [], [{"type": "text", "text": ""}])
        ],
        *[
            (body, Kind.BLANK, "provider_error")
            for body in (b"", b"\xff\xfe", b"null", b"[]", b'{"choices": []}', b'{"choices": [null]}')
        ],
        (b'{"choices": [{"message": "text"}]}', Kind.BLANK, "provider_error"),
        (error(message="upstream"), Kind.TRANSIENT, "provider_error"),
    ],
)
def test_200_without_a_whole_answer(body: bytes, kind: Kind, error_class: str) -> None:
    outcome = read(200, body)
    assert (outcome.kind, outcome.error_class) == (kind, error_class)


def test_what_was_cut_off_is_kept_and_what_was_refused_is_not() -> None:
    assert read(200, completion("ye", "length")).completion == "ye"
    assert read(200, completion("ye", "content_filter")).completion is None


@pytest.mark.parametrize(
    ("status", "code", "kind", "error_class"),
    [
        (400, None, Kind.FAILED, "invalid_request"),
        (413, None, Kind.FAILED, "invalid_request"),
        (422, None, Kind.FAILED, "invalid_request"),
        (400, "content_filter", Kind.FAILED, "refused"),
        (400, "model_not_found", Kind.FATAL, "invalid_request"),
        (401, None, Kind.FATAL, "invalid_request"),
        (402, None, Kind.FATAL, "invalid_request"),
        (403, None, Kind.FATAL, "invalid_request"),
        (404, None, Kind.FATAL, "invalid_request"),
        (429, None, Kind.THROTTLED, None),
        (429, "rate_limit_exceeded", Kind.THROTTLED, None),
        (429, "insufficient_quota", Kind.FATAL, "invalid_request"),
        (429, "billing_hard_limit_reached", Kind.FATAL, "invalid_request"),
        *[(status, None, Kind.TRANSIENT, "provider_error") for status in (408, 409, 500, 502, 503, 504, 529)],
    ],
)
def test_statuses(status: int, code: str | None, kind: Kind, error_class: str | None) -> None:
    outcome = read(status, error(code))
    assert (outcome.kind, outcome.error_class) == (kind, error_class)


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "no such model"}',
        b'{"error_code": "X", "message": "no such model"}',
        b'{"detail": "no such model"}',
        b'{"object": "error", "message": "no such model", "code": 404}',
    ],
)
def test_error_bodies_of_other_servers(body: bytes) -> None:
    assert read(404, body).message == "no such model"


@pytest.mark.parametrize("body", [b"", b"oops", b"7", b'{"error": 7}', b'{"detail": [{}]}', b"\xff"])
def test_an_error_body_of_no_known_form_has_no_message(body: bytes) -> None:
    assert read(500, body).message is None


def test_addresses_are_shown_without_their_secrets() -> None:
    text = "407, url='http://user:p@ss@proxy:3128/a?key=1#b', socks5h://u:p@h:1080 and http://h/v1"
    assert bare(text) == "407, url='http://proxy:3128/a', socks5h://h:1080 and http://h/v1"


def test_of_a_clients_exception_the_kind_and_the_status_are_shown() -> None:
    class APIError(Exception):
        status_code = 400

    assert error_words(APIError("the prompt was 078-05-1120")) == "APIError, status 400"
    assert error_words(OSError(28, "No space left on device")) == "OSError: [Errno 28] No space left on device"


def test_messages_hold_neither_key_nor_prompt() -> None:
    prompt = "My card is 4111 1111 1111 1111, please\nhelp me with it."
    message = f"bad key sk-123 in prompt: {prompt} (starts: {prompt[:25]}… ends: {prompt[-30:]})"
    shown = redact(message, key="sk-123", prompt=prompt)
    assert "sk-123" not in shown and "4111" not in shown and "help me with" not in shown
    assert shown.startswith("bad key … in prompt: …")


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("flagged: '078-05-1120'", "flagged: '…'"),
        ("JANE DOE is not allowed", "… is not allowed"),
        ("J-a-n-e D0e, born 1980", "…"),
        ("Größe: 40", "…"),
        ("\u202e\x1b[2Jmax_tokens is too large: 90000", "[… is too large: …"),
        ("This model's maximum context length is 8192 tokens", "This model's maximum context length is … tokens"),
        ("Error code: 429", "Error code: 429"),
        ("see https://user:pw@host/a?key=1", "see …/a"),
    ],
)
def test_only_words_that_errors_are_made_of_are_shown(message: str, shown: str) -> None:
    assert redact(message, key=None, prompt="jane doe, 078-05-1120") == shown


def test_the_models_own_name_is_shown() -> None:
    name = "gpt-4.1-nano-2025"
    shown = redact(f"The model `{name}` does not exist, {name}x", key=None, prompt="", model_name=name)
    assert shown.startswith(f"The model …{name}… does not exist, …")


def test_a_prompt_of_such_words_is_not_shown_either() -> None:
    prompt = "Account closed, no credit"
    assert redact(f"cannot process {prompt.upper()} now", key=None, prompt=prompt) == "cannot … now"


@pytest.mark.parametrize(
    ("code", "shown"),
    [("context_length_exceeded", "context_length_exceeded"), ("078-05-1120", "…"), ("a 1", "…"), ("\x1b[2J", "…"), (7, None)],
)
def test_codes(code: object, shown: str | None) -> None:
    assert token(code) == shown


def test_messages_are_short_and_one_line() -> None:
    shown = redact("a\n" * 400, key=None, prompt="")
    assert len(shown) == 300 and "\n" not in shown
    assert redact(None, key=None, prompt="") == "no message"

"""What servers of OpenAI's form want in a call's headers, and what they say when they do not answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..endpoint import Endpoint
from ..outcomes import Fault, Outcome, by_status, word

_FATAL_CODES: Mapping[str, Fault] = {
    "account_deactivated": "key",
    "billing_hard_limit_reached": "credit",
    "insufficient_quota": "credit",
    "invalid_api_key": "key",
    "model_not_found": "model",
    "unknown_model": "model",
    # Mistral's.
    "invalid_model": "model",
}
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})


def headers_for(endpoint: Endpoint) -> Callable[[str | None], Mapping[str, str]]:
    """A function from the key to the headers of a call, which are made once."""
    made: dict[str | None, Mapping[str, str]] = {}

    def headers(api_key: str | None) -> Mapping[str, str]:
        if api_key not in made:
            key = {} if api_key is None else _key_header(endpoint, api_key)
            made[api_key] = {"Content-Type": "application/json", **key}
        return made[api_key]

    return headers


def _key_header(endpoint: Endpoint, api_key: str) -> dict[str, str]:
    return {"api-key": api_key} if endpoint.provider == "azure" else {"Authorization": f"Bearer {api_key}"}


def failure(status: int, body: Any) -> Outcome:
    """What a response without a completion means: OpenAI's form, a gateway's, FastAPI's, or none."""
    message, code = _words(body)
    outcome = by_status(status, message, code)
    if 400 <= status < 500 and code is not None and code in _FATAL_CODES:
        return outcome.stop(_FATAL_CODES[code])
    if outcome.error_class == "invalid_request" and code in _FILTER_CODES:
        outcome.error_class = "refused"
    return outcome


def _words(body: Any) -> tuple[str | None, str | None]:
    if not isinstance(body, dict):
        return None, None
    error = body.get("error", body)
    if isinstance(error, str):
        return word(error), None
    if not isinstance(error, dict):
        return None, None
    message = error.get("message") or error.get("detail")
    codes = [word(error.get(name)) for name in ("code", "type", "error_code")]
    texts = [code for code in codes if code]
    known = [code for code in texts if code in _FATAL_CODES or code in _FILTER_CODES]
    return (
        word(message),
        next(iter(known or texts), None),
    )

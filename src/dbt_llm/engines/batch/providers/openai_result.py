"""A line of results in OpenAI's form, which Azure and Mistral share."""

from __future__ import annotations

from typing import Any

from ..provider import BatchResult
from .lines import custom_id_of, unanswered, unreadable

_ENDED = {"batch_expired": "expired", "batch_cancelled": "cancelled", "batch_canceled": "cancelled"}


def openai_result(row: dict[str, Any]) -> BatchResult:
    """The result in the object of a line, of the output file or of the error file.

    Why a request failed may be said in `error` or, with `error` null, in the body of the response.
    """
    custom_id = custom_id_of(row)
    if custom_id is None:
        return unreadable("a line of the results has no custom_id")
    response, error = row.get("response"), row.get("error")
    if isinstance(response, dict):
        status, body = response.get("status_code"), response.get("body")
        # Seen with a status of 0 and no body: never sent to the model.
        if isinstance(status, int) and status >= 100 and body is not None:
            return BatchResult(custom_id, status=status, body=body)
    if isinstance(error, dict):
        code = error.get("code")
        return unanswered(custom_id, _ENDED.get(str(code), "error"), code, error.get("message"))
    return unanswered(custom_id, "error", "a result without a body", error)

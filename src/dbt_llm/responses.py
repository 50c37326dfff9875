"""A row of dbt_llm__responses, as the engines of dbt Python models write it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .client import Request, Response


@dataclass(frozen=True)
class Labels:
    """What is the same in every row that a run of a task writes."""

    task: str
    model_name: str
    prompt_version: str | None
    invocation_id: str | None


def response_row(
    request: Request,
    response: Response,
    labels: Labels,
    *,
    engine: str,
    batch_id: str | None = None,
    store_prompts: bool = False,
) -> dict[str, Any]:
    """The row of one response; its keys are columns of dbt_llm__responses, times are UTC."""
    return {
        "request_key": request.key,
        "task": labels.task,
        "model_name": labels.model_name,
        "prompt_version": labels.prompt_version,
        "status": response.status,
        "completion": response.completion,
        "error_class": response.error_class,
        "error_message": response.error_message,
        "finish_reason": response.finish_reason,
        "input_tokens": response.input_tokens,
        "output_tokens": response.output_tokens,
        "cost_usd": response.cost_usd,
        "latency_ms": response.latency_ms,
        "attempt": request.attempt + 1,
        "engine": engine,
        "response_model": response.response_model,
        "batch_id": batch_id,
        "invocation_id": labels.invocation_id,
        "requested_at": datetime.fromtimestamp(response.requested_at, timezone.utc),
        "responded_at": datetime.fromtimestamp(response.responded_at, timezone.utc),
        "prompt": request.prompt if store_prompts else None,
        "cached_input_tokens": response.cached_input_tokens,
    }

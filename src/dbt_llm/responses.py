"""The rows of dbt_llm__responses as every engine of this companion writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from operator import attrgetter
from typing import Any

from .client import Request, Response

__all__ = [
    "COLUMNS",
    "EMBEDDING_COLUMNS",
    "LABEL_COLUMNS",
    "TIME_COLUMNS",
    "TYPES",
    "Answer",
    "Labels",
    "embedding_rows",
    "response_columns",
    "response_rows",
]

Answer = tuple[Request, Response]

TYPES: Mapping[str, type] = {
    "request_key": str,
    "task": str,
    "model_name": str,
    "prompt_version": str,
    "status": str,
    "completion": str,
    "error_class": str,
    "error_message": str,
    "finish_reason": str,
    "input_tokens": int,
    "output_tokens": int,
    "cost_usd": float,
    "latency_ms": int,
    "attempt": int,
    "engine": str,
    "response_model": str,
    "batch_id": str,
    "invocation_id": str,
    "requested_at": datetime,
    "responded_at": datetime,
    "prompt": str,
    "cached_input_tokens": int,
}
"""The columns of the responses table, in its order, and what they hold.

A column is a field of `Labels` or of `Response` by its name, or of the request: `request_key`, `attempt`, `prompt`.
"""
COLUMNS = tuple(TYPES)
EMBEDDING_COLUMNS = ("request_key", "model_name", "dimensions", "vector", "invocation_id", "embedded_at")
"""The columns of dbt_llm__embeddings, in its order."""


@dataclass(frozen=True)
class Labels:
    """What is the same in every row that a run of a task writes, or a batch job's results."""

    task: str
    model_name: str
    prompt_version: str | None
    invocation_id: str | None
    engine: str
    batch_id: str | None = None


LABEL_COLUMNS = tuple(field.name for field in fields(Labels))
"""The columns that are the same in every row of a write."""

TIME_COLUMNS = tuple(name for name, kind in TYPES.items() if kind is datetime)

_REQUEST_COLUMNS = ("request_key", "attempt", "prompt")
_RESPONSE_COLUMNS = tuple(name for name in COLUMNS if name not in (*LABEL_COLUMNS, *_REQUEST_COLUMNS))
_values_of_response = attrgetter(*_RESPONSE_COLUMNS)


def response_columns(answers: Sequence[Answer], *, store_prompts: bool = False) -> dict[str, Sequence[Any]]:
    """The columns that differ from row to row, of one answer or more. Times are seconds since the epoch."""
    values = zip(*(_values_of_response(response) for _, response in answers), strict=True)
    columns: dict[str, Sequence[Any]] = dict(zip(_RESPONSE_COLUMNS, values, strict=True))
    columns["request_key"] = [request.key for request, _ in answers]
    columns["attempt"] = [request.attempt + 1 for request, _ in answers]
    columns["prompt"] = [request.prompt if store_prompts else None for request, _ in answers]
    return columns


def response_rows(answers: Sequence[Answer], labels: Labels, *, store_prompts: bool = False) -> list[dict[str, Any]]:
    """The rows of so many answers; their keys are the table's columns, in its order. Times are UTC."""
    if not answers:
        return []
    columns = response_columns(answers, store_prompts=store_prompts)
    for name in LABEL_COLUMNS:
        columns[name] = [getattr(labels, name)] * len(answers)
    for name in TIME_COLUMNS:
        columns[name] = [datetime.fromtimestamp(seconds, timezone.utc) for seconds in columns[name]]
    in_order = zip(*(columns[name] for name in COLUMNS), strict=True)
    return [dict(zip(COLUMNS, values, strict=True)) for values in in_order]


def embedding_rows(answers: Sequence[Answer], labels: Labels) -> list[dict[str, Any]]:
    """The rows of dbt_llm__embeddings of those answers that have a vector: a list of numbers. Times are UTC."""
    return [
        {
            "request_key": request.key,
            "model_name": labels.model_name,
            "dimensions": len(response.vector),
            "vector": response.vector.tolist(),
            "invocation_id": labels.invocation_id,
            "embedded_at": datetime.fromtimestamp(response.responded_at, timezone.utc),
        }
        for request, response in answers
        if response.vector is not None
    ]

"""Batches: cut by rows and tokens, answered by a worker's own model, and halved where one row spoils it for all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..client import Endpoint, Request, Response
from ..client.inputs import SEVERAL, wrong_length
from ..client.outcomes import ErrorClass, clean, vector_of
from ..client.redaction import error_words
from ..responses import Answer
from .models import Answered, Completion, Loaded, ModelError

__all__ = ["MANY", "Batch", "BatchedModel", "batched", "failure", "response_of"]

Batch = tuple[int, list[Request]]
"""The number of a slice, and requests of it."""

_BYTES_PER_TOKEN = 4
MANY = 20
"""So many prompts in a row that raise, before any was answered, are no chance: the model is at fault."""


def batched(rows: Iterable[tuple[int, Request]], most_rows: int, most_tokens: float) -> Iterator[Batch]:
    """Cut rows, each with the number of its slice, into batches of one slice. A longer prompt is alone."""
    batch: list[Request] = []
    slice_number, tokens = 0, 0.0
    for number, request in rows:
        size = len(request.prompt.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN
        if batch and (number != slice_number or len(batch) == most_rows or tokens + size > most_tokens):
            yield slice_number, batch
            batch, tokens = [], 0.0
        slice_number = number
        batch.append(request)
        tokens += size
    if batch:
        yield slice_number, batch


class BatchedModel:
    """Makes answers of what a model returns or raises. Used by one task."""

    def __init__(self, model: Loaded, endpoint: Endpoint, dimensions: int | None = None) -> None:
        """`endpoint`: the model's name and prices. `dimensions`: of the vectors, where embeddings are asked for."""
        self._model = model
        self._dimensions = dimensions
        self._has_right_length = False
        self._endpoint = endpoint
        self._raised = 0

    @property
    def has_answered(self) -> bool:
        """Whether the model has returned completions, in whichever task: it is no longer to blame for a row that raises."""
        return self._model.has_answered

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer for each request.

        A batch that raises is halved and tried again, until the rows are found that raise alone: their answers are failures,
        `out_of_memory` where it was that. Raises `ModelError` where the model raises at all it is asked.
        """
        requested_at, began_at = time.time(), time.monotonic()
        try:
            completions = self._model.answer([request.prompt for request in requests])
            texts = [_completion(answered) for answered in completions]
        except ModelError:
            raise
        except Exception as error:
            if len(requests) > 1:
                half = len(requests) // 2
                return self.answer(requests[:half]) + self.answer(requests[half:])
            return [(requests[0], self._raised_at(error, requested_at, began_at))]
        if len(texts) != len(requests):
            raise ModelError(
                f"the model '{self._endpoint.model_name}' returned {len(texts):,} completions for {len(requests):,} prompts."
                " Expected one for each, in their order."
            )
        self._judge([len(completion.vector) for completion in texts if completion.vector])
        self._model.has_answered = True
        # Of the batch: its rows are answered together.
        latency_ms = _ms_since(began_at)
        return [
            (request, response_of(completion, self._endpoint, requested_at, latency_ms, for_vectors=self._dimensions is not None))
            for request, completion in zip(requests, texts, strict=True)
        ]

    def _judge(self, lengths: Sequence[int]) -> None:
        """Take a batch's vectors; no more are made where several are of another length, and none is right."""
        if self._dimensions is None or self._has_right_length:
            return
        self._has_right_length = self._dimensions in lengths
        if not self._has_right_length and len(lengths) >= SEVERAL:
            raise ModelError(". ".join(wrong_length(self._endpoint.name, lengths[0], self._dimensions)) + ".")

    def _raised_at(self, error: Exception, requested_at: float, began_at: float) -> Response:
        error_class: ErrorClass = "out_of_memory" if _is_out_of_memory(error) else "provider_error"
        self._raised += 1
        # What rows were asked may be at fault for a failure only where others are answered.
        if not self.has_answered and self._raised >= MANY:
            raise ModelError(
                f"the model '{self._endpoint.model_name}' raises at every prompt, {self._raised} in a row ({error_words(error)})."
                " Ask it by hand in a worker's Python; lower batch_rows and batch_tokens where it is short of memory."
            )
        return failure(error_class, f"the model raised ({error_words(error)})", requested_at, _ms_since(began_at))


def _completion(answered: Answered) -> Completion:
    if isinstance(answered, str):
        return Completion(answered)
    if not isinstance(answered, Completion):
        return Completion(vector=vector_of(answered))
    return answered if answered.vector is None else replace(answered, vector=vector_of(answered.vector))


def response_of(
    completion: Completion, endpoint: Endpoint, requested_at: float, latency_ms: int, *, for_vectors: bool = False
) -> Response:
    """What the responses table has of a completion. `endpoint`: the model's name and prices. `for_vectors`: of a vector."""
    text = ("" if completion.vector else None) if for_vectors else completion.text
    if text is None:
        words = clean(completion.error) if completion.error else f"the model gave no {'vector' if for_vectors else 'text'}"
        return failure("provider_error", words, requested_at, latency_ms)
    is_cut = completion.finish_reason == "length" and not for_vectors
    return Response(
        completion=clean(text),
        error_class="truncated" if is_cut else None,
        error_message="the completion was cut off at its longest" if is_cut else None,
        finish_reason=completion.finish_reason,
        input_tokens=completion.input_tokens,
        output_tokens=completion.output_tokens,
        cost_usd=endpoint.cost_usd(completion.input_tokens, completion.output_tokens),
        latency_ms=latency_ms,
        response_model=endpoint.model_name,
        requested_at=requested_at,
        responded_at=time.time(),
        vector=vector_of(completion.vector) if for_vectors and completion.vector else None,
    )


def failure(error_class: ErrorClass, message: str, requested_at: float, latency_ms: int) -> Response:
    """What it has of a prompt that no completion came for."""
    return Response(
        completion=None,
        error_class=error_class,
        error_message=message,
        finish_reason=None,
        input_tokens=None,
        output_tokens=None,
        cost_usd=None,
        latency_ms=latency_ms,
        response_model=None,
        requested_at=requested_at,
        responded_at=time.time(),
    )


def _ms_since(began_at: float) -> int:
    return round((time.monotonic() - began_at) * 1000)


def _is_out_of_memory(error: BaseException) -> bool:
    """Python's own, and what torch and CUDA raise, whose classes need not be imported here."""
    return (
        isinstance(error, MemoryError)
        or "OutOfMemory" in type(error).__name__
        or (isinstance(error, RuntimeError) and "out of memory" in str(error).lower())
    )

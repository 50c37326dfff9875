"""Embeddings in OpenAI's form, of hashed n-grams of characters: no language model, and the same for a text everywhere."""

from __future__ import annotations

import base64
import math
import zlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .chat import BadRequestError, tokens

DIMENSIONS = 384
"""Of a vector, where a call asks for no other length."""

Embed = Callable[[str, int], Sequence[float | None]]
"""The vector of a text, of so many numbers. Raises `BadRequestError` where the whole call is to be answered 400."""


def hashed_ngrams(text: str, dimensions: int) -> list[float]:
    """A vector of length 1 in which texts that share words and parts of words are near each other.

    Each run of 3 to 5 characters, in lower case, adds 1 or -1 to the number that its CRC-32 names.
    """
    vector = [0.0] * dimensions
    padded = f" {' '.join(text.lower().split())} ".encode("utf-8", "surrogatepass")
    for size in (3, 4, 5):
        for at in range(len(padded) - size + 1):
            found = zlib.crc32(padded[at : at + size])
            vector[(found >> 1) % dimensions] += 1.0 if found & 1 else -1.0
    norm = math.sqrt(math.fsum(number * number for number in vector))
    if norm == 0:
        # A text of one letter has no n-gram, and a vector without a direction is none.
        vector[0] = norm = 1.0
    return [number / norm for number in vector]


@dataclass(frozen=True)
class EmbeddingRequest:
    """One call: its inputs in their order, and how their vectors are asked for."""

    inputs: list[str]
    model: str
    dimensions: int
    is_base64: bool

    @classmethod
    def parse(cls, body: dict[str, Any]) -> EmbeddingRequest:
        """Read a body; raise `BadRequestError` with a sentence where it is none."""
        model, inputs = body.get("model"), body.get("input")
        inputs = [inputs] if isinstance(inputs, str) else inputs
        if not isinstance(model, str) or not model:
            raise BadRequestError("You must provide a model parameter.")
        if not isinstance(inputs, list) or not inputs or not all(isinstance(text, str) and text for text in inputs):
            raise BadRequestError("'input' must be a text, or a list of texts that are not empty.")
        return cls(inputs, model, int(body.get("dimensions") or DIMENSIONS), body.get("encoding_format") == "base64")

    def response(self, embed: Embed, model: str) -> dict[str, Any]:
        """The body of a response with status 200. Raises what `embed` raises."""
        vectors = [embed(text, self.dimensions) for text in self.inputs]
        count = sum(tokens(text) for text in self.inputs)
        return {
            "object": "list",
            "data": [
                {"object": "embedding", "index": place, "embedding": _base64(vector) if self.is_base64 else list(vector)}
                for place, vector in enumerate(vectors)
            ],
            "model": model,
            "usage": {"prompt_tokens": count, "total_tokens": count},
        }


def _base64(vector: Sequence[float | None]) -> str:
    numbers = array("f", [math.nan if number is None else number for number in vector])
    return base64.b64encode(numbers.tobytes()).decode()

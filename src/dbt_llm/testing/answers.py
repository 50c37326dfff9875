"""Ready answer functions, the presets that name them, and how a server answers by one, live calls and rows of batches alike."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .chat import BadRequestError, ChatRequest, Reply, Usage, text_of, tokens
from .counters import Counters
from .embeddings import Embed, EmbeddingRequest, hashed_ngrams
from .faults import Faults, Kind, spoil
from .forms import EMBEDDINGS, Exchange, Form
from .forms.form import PrefixCache
from .rules import SERVED_MODEL, rules

Answer = Callable[[ChatRequest], str | Reply]

_WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "jetty"]


def echo(request: ChatRequest) -> str:
    """Answer `{"echo": <the prompt>}`."""
    return json.dumps({"echo": request.prompt}, ensure_ascii=False)


def constant(text: str) -> Answer:
    """Return a function that answers every prompt with the same text."""
    return lambda _request: text


def from_schema(request: ChatRequest) -> str | Reply:
    """Answer a value that the request's JSON schema allows; the same prompt gets the same value."""
    schema = request.json_schema
    if schema is None:
        return Reply("from_schema needs a response_format of type json_schema.", status=400)
    seed = hashlib.sha256(request.prompt.encode("utf-8", "surrogatepass")).digest()
    value = _Generator(schema, random.Random(seed)).value(schema)
    return json.dumps(value, ensure_ascii=False)


class _Generator:
    """Makes pseudo-random values for the part of JSON Schema that response formats use."""

    def __init__(self, root: dict[str, Any], rng: random.Random) -> None:
        self._root = root
        self._rng = rng

    def value(self, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self.value(self._resolve(schema["$ref"]))
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._one_of(schema["enum"])
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self.value(self._one_of(schema[keyword]))
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = self._one_of(kind)
        make: Callable[[dict[str, Any]], Any] = getattr(self, f"_{kind}")
        return make(schema)

    def _resolve(self, reference: str) -> dict[str, Any]:
        found: Any = self._root
        for name in reference.removeprefix("#").strip("/").split("/"):
            found = found[name] if name else found
        return found if isinstance(found, dict) else {}

    def _one_of(self, choices: list[Any]) -> Any:
        return choices[self._between(0, len(choices) - 1)]

    def _between(self, low: int, high: int) -> int:
        # random() alone is promised to stay the same in later Python versions.
        return low + int(self._rng.random() * (high - low + 1))

    def _null(self, _schema: dict[str, Any]) -> None:
        return None

    def _boolean(self, _schema: dict[str, Any]) -> bool:
        return self._rng.random() < 0.5

    def _integer(self, schema: dict[str, Any]) -> int:
        low = math.ceil(schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1))
        high = math.floor(schema.get("maximum", schema.get("exclusiveMaximum", low + 101) - 1))
        step = schema.get("multipleOf", 1)
        return int(step) * self._between(math.ceil(low / step), math.floor(high / step))

    def _number(self, schema: dict[str, Any]) -> float:
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 1))
        # Rounding to a grid of the range keeps the value short and strictly inside it.
        return float(low + (high - low) * self._between(1, 999) / 1000)

    def _string(self, schema: dict[str, Any]) -> str:
        day = f"20{self._between(20, 29)}-{self._between(1, 12):02}-{self._between(1, 28):02}"
        formats = {"date": day, "date-time": f"{day}T12:00:00Z", "email": "someone@example.com"}
        if schema.get("format") in formats:
            return formats[schema["format"]]
        text = " ".join(self._one_of(_WORDS) for _ in range(self._between(1, 5)))
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        low = schema.get("minItems", 0)
        values: list[Any] = []
        wanted = self._between(low, schema.get("maxItems", low + 3))
        for _ in range(20 * wanted):
            value = self.value(schema.get("items", {}))
            if not schema.get("uniqueItems") or value not in values:
                values.append(value)
            if len(values) == wanted:
                break
        return values

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {name: self.value(part) for name, part in schema.get("properties", {}).items()}


@dataclass(frozen=True)
class Preset:
    """A named server: its answers, its faults, and a sentence that says what it is."""

    description: str
    answer: Answer
    faults: Faults = field(default_factory=Faults)
    served_model: str | None = None


DEMO_FAULTS = Faults(
    throttle=[0.04],
    error=[0.01],
    malformed_json=0.01,
    off_schema=0.005,
    truncated=0.003,
    refusal=0.002,
    latency_s=0.04,
)
"""About what a busy provider does: most of it passes on a retry, a little ends in quarantine."""

PRESETS = {
    "demo": Preset(
        "rules over the support-message example, with some faults; not a language model",
        rules,
        DEMO_FAULTS,
        SERVED_MODEL,
    ),
    "echo": Preset("each prompt, echoed; not a language model", echo),
    "from_schema": Preset("any value that the response format allows; not a language model", from_schema),
    "rules": Preset(
        "rules over the support-message example; not a language model",
        rules,
        served_model=SERVED_MODEL,
    ),
}


@dataclass(frozen=True)
class Completed:
    """What answers a request: with status 200 a response and its usage, else an error."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Usage | None = None


class Answerer:
    """Applies a server's answer function, its faults of completions, its prompt cache, and what makes its vectors."""

    def __init__(self, answer: Answer, faults: Faults, counters: Counters, served_model: str | None) -> None:
        self.answer = answer
        self.faults = faults
        self.counters = counters
        self.cache = PrefixCache()
        self.embed: Embed = hashed_ngrams
        self.served_model = served_model

    def reset(self) -> None:
        """Set the counters to zero and empty the prompt cache."""
        self.counters.reset()
        self.cache.clear()

    def complete(self, form: Form, request: ChatRequest, kind: Kind | None, number: int, arrived_at: float) -> Completed:
        """Answer a request, spoilt by a fault or not. `number` makes its id; `arrived_at` is of `time.monotonic`."""
        if form in EMBEDDINGS:
            return self.vectors(form, EmbeddingRequest.parse(request.body))
        try:
            answer = self.answer(request)
        except Exception as error:
            # A bug in an answer function must reach whoever wrote it, in words.
            failure = form.failure(500, f"The answer function failed: {error!r}", "answer_failed")
            return Completed(500, failure.body, failure.headers)
        reply = Reply(answer) if isinstance(answer, str) else answer
        if reply.status != 200:
            failure = form.failure(reply.status, reply.text or "", reply.code)
            return Completed(reply.status, failure.body, {**failure.headers, **reply.headers})
        if kind is not None:
            reply = spoil(reply, kind, request)
        usage = self._usage(form, request, reply, arrived_at)
        model = self.served_model or f"{request.model}-stand-in"
        body = form.response(Exchange(request, reply, usage, f"{form.id_prefix}{number:09}", model))
        return Completed(200, body, reply.headers, usage)

    def vectors(self, form: Form, request: EmbeddingRequest) -> Completed:
        """Answer a call for embeddings."""
        try:
            body = request.response(self.embed, self.served_model or f"{request.model}-stand-in")
        except BadRequestError as error:
            failure = form.failure(400, str(error))
            return Completed(400, failure.body, failure.headers)
        return Completed(200, body, usage=Usage(body["usage"]["prompt_tokens"], 0))

    def row_fault(self, prompt: str) -> tuple[Kind | None, int | None]:
        """What the faults of calls are to a row of a batch: a spoilt completion, or the status that it fails with.

        A row has no connection that could be dropped: what would have cost a live call its response is an error.
        """
        if self.faults.status_always is not None:
            return None, self.faults.status_always
        kind = self.faults.choose(prompt, self.counters.times_seen(prompt)).kind
        if kind == "throttle":
            return None, 429
        if kind in ("error", "timeout", "drop", "malformed_body"):
            return None, self.faults.error_status
        return kind, None

    def _usage(self, form: Form, request: ChatRequest, reply: Reply, arrived_at: float) -> Usage:
        read, written = form.cached(request, self.cache, arrived_at)
        return Usage(
            input_=tokens("".join(text_of(message) for message in request.messages)),
            output=tokens(reply.refusal if reply.text is None else reply.text),
            reasoning=reply.reasoning_tokens,
            cache_read=read,
            cache_written=written,
        )

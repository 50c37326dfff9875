"""Many requests in one call, as providers of embeddings take them: how they are put together, divided, and answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .endpoint import Endpoint
from .errors import FatalEndpointError
from .forms.openai_embeddings import OpenAIEmbeddings
from .limits import Amounts, Budget
from .outcomes import Outcome, Request, Response, Trouble

__all__ = ["SEVERAL", "Asked", "Assembly", "Inputs", "requests_of", "wrong_length"]

_MOST_TOKENS = 100_000
"""Of one call, as estimated: OpenAI takes 300,000, and others less."""
_MOST_ANSWER_BYTES = 8 << 20
"""Half of what a connection takes of an answer: one that is larger is paid for and lost."""
_BYTES_PER_NUMBER = 25
"""Of a double in JSON, with what separates it."""
SEVERAL = 3
"""So many vectors of another length, with none that is right before them, are no chance."""
_DIVIDED = (Trouble.OWN, Trouble.REFUSED, Trouble.TOO_LARGE)
"""What one of many inputs may be at fault for."""


@dataclass(slots=True)
class Inputs:
    """Requests that are sent in one call, with what is set aside for each. To the run's verdicts it is one request."""

    requests: Sequence[Request]
    amounts: Sequence[Amounts]
    form: OpenAIEmbeddings
    outcome: Outcome | None = None
    """Of the call, once it is answered."""

    @property
    def has_failed_before(self) -> bool:
        """Whether all of them have: one that has not makes the call a witness."""
        return all(request.has_failed_before for request in self.requests)

    @property
    def prompt(self) -> str:
        """All of their texts, to be looked for in what is shown of an error."""
        return "\n".join(request.prompt for request in self.requests)

    def body(self) -> bytes:
        """The request body."""
        return self.form.encode_all([request.prompt for request in self.requests])

    def is_divisible_after(self, trouble: Trouble | None) -> bool:
        """Whether one of several may be at fault alone, so that the others are to be asked apart."""
        return len(self.requests) > 1 and trouble in _DIVIDED

    def halves(self) -> tuple[Inputs, Inputs]:
        """The first and the second half."""
        middle = len(self.requests) // 2
        first, second = slice(None, middle), slice(middle, None)
        return (
            Inputs(self.requests[first], self.amounts[first], self.form),
            Inputs(self.requests[second], self.amounts[second], self.form),
        )

    def responses(self, whole: Response) -> list[Response]:
        """What became of each, by what became of the call; tokens and cost are divided by the texts' estimates.

        An input for which no vector came has failed, and may be asked again.
        """
        weights = [amounts.quarter_bytes or 1.0 for amounts in self.amounts]
        total, before = sum(weights), 0.0
        parts = []
        for place, weight in enumerate(weights):
            response = replace(
                whole,
                input_tokens=_share(whole.input_tokens, before, weight, total),
                output_tokens=_share(whole.output_tokens, before, weight, total),
                cost_usd=None if whole.cost_usd is None else whole.cost_usd * weight / total,
            )
            before += weight
            if self.outcome is not None:
                response.vector = self.outcome.vectors.get(place)
                if response.vector is None:
                    response.completion, response.error_class = None, "provider_error"
                    response.error_message = "answered 200 with no vector for it"
            parts.append(response)
        return parts


Asked = Request | Inputs
"""What a call asks: one request, or several."""


def requests_of(asked: Asked) -> Sequence[Request]:
    """The requests that a call is for."""
    return asked.requests if isinstance(asked, Inputs) else (asked,)


def wrong_length(endpoint: str, length: int, dimensions: int) -> tuple[str, str]:
    """What is wrong with an endpoint whose vectors are all of another length, and what is expected of it."""
    return (
        f"endpoint '{endpoint}' makes vectors of {length:,} numbers",
        f"Expected {dimensions:,}, as meta.llm.dimensions says. Correct it, or have the model shorten them by"
        " model_parameters (docs/embeddings.md)",
    )


def _share(whole: int | None, before: float, weight: float, total: float) -> int | None:
    """A part of a count, such that all parts sum up to it."""
    return None if whole is None else round(whole * (before + weight) / total) - round(whole * before / total)


class Assembly:
    """Puts the next requests of a run together, as many as one call may have and limits allow."""

    def __init__(self, form: OpenAIEmbeddings, endpoint: Endpoint, budget: Budget) -> None:
        self.most = max(1, min(int(endpoint.inputs_per_call), _MOST_ANSWER_BYTES // (_BYTES_PER_NUMBER * form.dimensions)))
        """Inputs of one call."""
        self._form = form
        self._endpoint = endpoint
        self._budget = budget
        self._wrong = 0
        self._has_right = False

    def take(self, upcoming: deque[Request]) -> tuple[Inputs, Amounts] | None:
        """The next call with what is set aside for it; None where there is no room for a single input."""
        requests: list[Request] = []
        amounts: list[Amounts] = []
        tokens = 0.0
        while upcoming and len(requests) < self.most:
            estimate = self._budget.estimate(upcoming[0].prompt)
            if requests and tokens + estimate.input_tokens > _MOST_TOKENS:
                break
            if self._budget.set_aside(estimate) is not None:
                break
            tokens += estimate.input_tokens
            requests.append(upcoming.popleft())
            amounts.append(estimate)
        return (Inputs(requests, amounts, self._form), Amounts.total(amounts)) if requests else None

    def judge(self, inputs: Inputs) -> FatalEndpointError | None:
        """Take a call that has ended; why to ask no more, where several vectors are of another length, and none is right."""
        lengths = [] if inputs.outcome is None else [len(vector) for vector in inputs.outcome.vectors.values()]
        self._has_right = self._has_right or self._form.dimensions in lengths
        self._wrong += len(lengths)
        if self._has_right or not lengths or self._wrong < SEVERAL:
            return None
        return FatalEndpointError(*wrong_length(self._endpoint.name, lengths[-1], self._form.dimensions))

    def learn(self, first: Inputs, second: Inputs) -> None:
        """Take two halves of a call that was refused: where both are answered, it was no text's fault but their number's."""
        if first.outcome is not None and second.outcome is not None:
            self.most = min(self.most, len(second.requests))
